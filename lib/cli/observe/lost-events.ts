/** Events that are missing, as `/v1/flows` tells it. */
export interface LostEvents {
	/** 64 bits, as text. */
	readonly numEventsLost: string;
	/** Of the time in which they are missing, RFC 3339; absent: until now. */
	readonly first?: string;
	readonly last?: string;
	/** 'restart': for a while there was no agent, and there may have been more. */
	readonly cause?: 'events' | 'restart';
}

/** `EVENTS LOST: 12 from 2026-01-02T03:04:05.067Z to 2026-01-02T03:04:06.067Z: the agent was restarted` */
export function lostText({ numEventsLost, first, last, cause }: LostEvents): string {
	const time = first === undefined ? '' : ` from ${first} to ${last}`;
	return `EVENTS LOST: ${numEventsLost}${time}${cause === 'restart' ? ': the agent was restarted' : ''}\n`;
}

/** Hubble's `flow.LostEvent`. */
export function lostJson({ numEventsLost, first, last }: LostEvents): object {
	return { source: 'HUBBLE_RING_BUFFER', num_events_lost: numEventsLost, first, last };
}
