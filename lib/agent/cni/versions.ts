/** Of CNI's specification, oldest first; the same as in native/cni/answer.cc. */
export const CNI_VERSIONS = ['0.4.0', '1.0.0', '1.1.0'] as const;
export type CniVersion = (typeof CNI_VERSIONS)[number];

export const NEWEST_VERSION: CniVersion = '1.1.0';

export function isOlder(version: CniVersion, other: CniVersion): boolean {
	return CNI_VERSIONS.indexOf(version) < CNI_VERSIONS.indexOf(other);
}

export function knownVersion(asked: unknown): CniVersion | undefined {
	return CNI_VERSIONS.find((one) => one === asked);
}
