import { useEffect, useRef } from 'preact/hooks';
import type { ExplainedRule, NearMiss, SideExplanation } from '../../explain/explanation.js';
import type { WireExplanation, WireFlow } from '../wire.js';
import { explainQuery } from './explain-query.js';
import { nameOfEnd } from './flow-text.js';
import { useJson } from './use-json.js';

interface Props {
	readonly flow: WireFlow;
	onClose(): void;
}

/** What policy makes of this connection now, and why. */
export function Explain({ flow, onClose }: Props) {
	const dialog = useRef<HTMLDialogElement>(null);
	const { data, error } = useJson<WireExplanation>(`/api/explain?${explainQuery(flow)}`);
	useEffect(() => dialog.current?.showModal(), []);
	return (
		<dialog ref={dialog} aria-labelledby="explain-title" onClose={onClose}>
			<h2 id="explain-title">
				{nameOfEnd(flow.source)} → {nameOfEnd(flow.destination)}
			</h2>
			<div aria-live="polite">
				{error !== undefined && <p class="error">{error}</p>}
				{data !== undefined && <Told {...data} />}
			</div>
			<button type="button" onClick={() => dialog.current?.close()}>
				Close
			</button>
		</dialog>
	);
}

function Told({ explanation: { verdict, separated, egress, ingress }, text }: WireExplanation) {
	return (
		<>
			<p>
				Now: <strong class={`verdict ${verdict}`}>{verdict}</strong>
			</p>
			{separated !== undefined && (
				<p>
					No packet passes: the networks {separated.from} and {separated.to} are isolated from each other.
				</p>
			)}
			<Side title="Egress of the source" side={egress} />
			<Side title="Ingress of the destination" side={ingress} />
			<details>
				<summary>As text</summary>
				<pre tabIndex={0}>{text}</pre>
			</details>
		</>
	);
}

function Side({ title, side }: { readonly title: string; readonly side: SideExplanation | undefined }) {
	if (side === undefined) {
		return (
			<section>
				<h3>{title}</h3>
				<p>Not asked: it is no endpoint.</p>
			</section>
		);
	}
	const { verdict, enforced, decidedBy, policies, whyNot, moreWhyNot } = side;
	return (
		<section>
			<h3>
				{title}: <span class={`verdict ${verdict}`}>{verdict}</span>
			</h3>
			{decidedBy.length === 0 && <p>{enforced ? 'No rule allows it.' : 'Nothing is enforced.'}</p>}
			<Rules title="Decided by" rules={decidedBy} />
			{policies.length > 0 && <p>Selected by {policies.map(({ document }) => document).join(', ')}.</p>}
			<Rules title="Rules that do not match" rules={whyNot} />
			{moreWhyNot > 0 && <p>And {moreWhyNot} more.</p>}
		</section>
	);
}

function Rules({ title, rules }: { readonly title: string; readonly rules: readonly (ExplainedRule | NearMiss)[] }) {
	if (rules.length === 0) {
		return null;
	}
	return (
		<>
			<h4>{title}</h4>
			<ul>
				{rules.map((rule) => (
					<li key={rule.cookie}>
						{rule.action} by {rule.document} {rule.path}{' '}
						{rule.line !== undefined && (
							<small>
								{rule.file} line {rule.line}
							</small>
						)}
						{'missing' in rule && <Missing rule={rule} />}
					</li>
				))}
			</ul>
		</>
	);
}

function Missing({ rule: { missing } }: { readonly rule: NearMiss }) {
	return (
		<ul>
			{missing.map(({ what, expected, found }) => (
				<li key={`${what} ${expected}`}>
					{what}: found {found}, expected {expected}
				</li>
			))}
		</ul>
	);
}
