import { useMemo, useState } from 'preact/hooks';
import type { WireFlow } from '../wire.js';
import { Endpoints } from './endpoints.js';
import { Explain } from './explain.js';
import { Filters } from './filters.js';
import { FlowTable } from './flow-table.js';
import { Policies } from './policies.js';
import { ServiceMap } from './service-map.js';
import { StatusLine } from './status-line.js';
import { Tabs } from './tabs.js';
import { useEvents } from './use-events.js';

const VIEWS = ['Map', 'Flows', 'Endpoints', 'Policies'] as const;
type View = (typeof VIEWS)[number];

export function App() {
	const [view, setView] = useState<View>('Map');
	const [filter, setFilter] = useState('');
	const [paused, setPaused] = useState(false);
	const [asked, setAsked] = useState<WireFlow>();
	const events = useEvents(filter, paused);
	const explain = useMemo(() => (flow: WireFlow) => setAsked(flow), []);
	return (
		<>
			<header>
				<h1>heddle</h1>
				<StatusLine events={events} paused={paused} onPause={() => setPaused(!paused)} />
			</header>
			<Tabs<View> names={VIEWS} chosen={view} onChoose={(name) => setView(name)} />
			<main>
				<div id="panel" role="tabpanel" aria-labelledby={`tab-${view}`}>
					{view === 'Map' && <ServiceMap map={events.map} onExplain={explain} />}
					{view === 'Flows' && (
						<>
							<Filters value={filter} onChange={setFilter} />
							<FlowTable flows={events.flows} onExplain={explain} />
						</>
					)}
					{view === 'Endpoints' && <Endpoints />}
					{view === 'Policies' && <Policies />}
				</div>
			</main>
			{asked !== undefined && <Explain flow={asked} onClose={() => setAsked(undefined)} />}
		</>
	);
}
