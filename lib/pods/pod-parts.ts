import type { Datapath } from '../datapath/datapath.js';
import type { LabelSet } from '../labels/label-set.js';
import type { Ipam } from '../ipam/ipam.js';
import type { Netlink } from '../native/addon.js';
import type { InterfaceOptions } from './interface.js';
import type { PlanParts } from './plan.js';
import type { PodRow } from './pod-row.js';
import type { PodTable } from './pod-table.js';

/** What attaching and detaching work on. */
export interface PodParts extends PlanParts {
	readonly datapath: Datapath;
	readonly ipam: Ipam;
	/** In the datapath's namespace. */
	readonly netlink: Netlink;
	readonly table: PodTable;
	readonly interfaces: InterfaceOptions;
	/** Many interfaces at once may shorten the kernel's grace periods. */
	readonly expedited: boolean;
	/** Of the endpoint of a pod on a network. */
	labelsOf(row: PodRow, network: string): LabelSet;
}
