import { useEffect, useState } from 'preact/hooks';
import { FLOW_EVENT_TYPES } from '../../flows/event-types.js';

interface Props {
	/** A query, as the server reads it. */
	readonly value: string;
	onChange(query: string): void;
}

const TEXTS = [
	['network', 'Network'],
	['pod', 'Pod'],
	['ip', 'Address'],
	['port', 'Port'],
	['protocol', 'Protocol'],
	['identity', 'Identity'],
] as const;
const CHOICES = [
	['verdict', 'Verdict', ['FORWARDED', 'DROPPED', 'AUDIT', 'REDIRECTED', 'ERROR']],
	['eventType', 'Event', FLOW_EVENT_TYPES],
	['trafficDirection', 'Direction', ['INGRESS', 'EGRESS']],
] as const;
/** A number that is not whole yet is no filter yet. */
const DELAY_MS = 300;

export function Filters({ value, onChange }: Props) {
	const [form, setForm] = useState(() => new URLSearchParams(value));
	useEffect(() => {
		const timer = setTimeout(() => onChange(form.toString()), DELAY_MS);
		return () => clearTimeout(timer);
	}, [form]);

	function set(field: string, text: string): void {
		const next = new URLSearchParams(form);
		next.delete(field);
		if (text.trim() !== '') {
			next.set(field, text.trim());
		}
		setForm(next);
	}

	return (
		<form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
			{TEXTS.map(([field, label]) => (
				<label key={field}>
					{label}
					<input
						aria-label={label}
						name={field}
						value={form.get(field) ?? ''}
						inputMode={field === 'port' || field === 'identity' ? 'numeric' : 'text'}
						autocomplete="off"
						onInput={(event) => set(field, event.currentTarget.value)}
					/>
				</label>
			))}
			{CHOICES.map(([field, label, choices]) => (
				<label key={field}>
					{label}
					<select
						aria-label={label}
						name={field}
						value={form.get(field) ?? ''}
						onChange={(event) => set(field, event.currentTarget.value)}
					>
						<option value="">any</option>
						{choices.map((choice) => (
							<option key={choice}>{choice}</option>
						))}
					</select>
				</label>
			))}
			<button type="button" onClick={() => setForm(new URLSearchParams())}>
				Clear
			</button>
		</form>
	);
}
