/** Of the error that it throws; undefined: none. */
export function codeOf(body: () => unknown): string | undefined {
	try {
		body();
		return undefined;
	} catch (error) {
		return (error as { code?: string }).code;
	}
}
