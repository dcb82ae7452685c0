/** A port range and who answers for it: an index into the claims. */
export interface Segment {
	readonly port: number;
	endPort: number;
	readonly claim: number;
}
