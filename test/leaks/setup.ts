/** Filled in next: what the suite leaves behind is an error. */
export function setup(): void {}
