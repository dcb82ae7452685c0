import type { WirePolicy } from '../wire.js';
import { useJson } from './use-json.js';

const EVERY_MS = 3000;

export function Policies() {
	const { data, error } = useJson<WirePolicy[]>('/api/policies', EVERY_MS);
	if (data === undefined || data.length === 0) {
		return <p class="empty">{error ?? (data === undefined ? 'Loading' : 'No policy is applied.')}</p>;
	}
	return (
		<ul class="policies" aria-label="Policies">
			{data.map(({ name, yaml }) => (
				<li key={name}>
					<details>
						<summary>{name}</summary>
						<pre tabIndex={0} aria-label={`YAML of ${name}`}>
							{yaml}
						</pre>
					</details>
				</li>
			))}
		</ul>
	);
}
