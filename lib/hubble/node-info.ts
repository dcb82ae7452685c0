/** What is told of this node. */
export interface NodeInfo {
	readonly name: string;
	readonly version: string;
	/** Where it is reached; known once the server listens. */
	address(): string;
	/** Of the certificate; undefined without TLS. */
	readonly serverName: string | undefined;
}
