import { PolicyAction } from '../abi/generated.js';
import type { Claims } from './claims.js';

/** Precedence first, then deny over allow; the lowest cookie so that the answer does not depend on the rows' order. */
export function beats(claims: Claims, a: number, b: number): boolean {
	const precedence = claims.precedence[a]! - claims.precedence[b]!;
	if (precedence !== 0) {
		return precedence > 0;
	}
	const denies = isDeny(claims, a);
	if (denies !== isDeny(claims, b)) {
		return denies;
	}
	return claims.cookie[a]! < claims.cookie[b]!;
}

export function sameVerdict(claims: Claims, a: number, b: number): boolean {
	return claims.verdict[a] === claims.verdict[b] && claims.cookie[a] === claims.cookie[b];
}

function isDeny(claims: Claims, claim: number): boolean {
	return (claims.verdict[claim]! & 0xff) === PolicyAction.Deny;
}
