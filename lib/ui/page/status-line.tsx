import type { Events } from './use-events.js';

const WORDS: Readonly<Record<Events['state'], string>> = {
	connecting: 'connecting',
	live: 'live',
	lost: 'connection lost, trying again',
	refused: 'refused by the server',
};

interface Props {
	readonly events: Events;
	readonly paused: boolean;
	onPause(): void;
}

export function StatusLine({ events: { state, loss }, paused, onPause }: Props) {
	const lost = loss.client + loss.server;
	return (
		<div class="status">
			<p role="status" aria-live="polite" data-state={state}>
				{paused ? 'paused' : WORDS[state]}
				{lost > 0 && (
					<span class="lost">
						, {loss.client} flows lost to this browser, {loss.server} before
					</span>
				)}
			</p>
			<button type="button" aria-pressed={paused} onClick={onPause}>
				Pause
			</button>
		</div>
	);
}
