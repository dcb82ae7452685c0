import { addRoute, linkOf } from './interface.js';
import { inspectNamespace } from './plan.js';
import type { PodNetworks } from './pod-networks.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { checkRoutes, routesOf } from './routes.js';

/** The row with the routes that its networks have now; the same one where nothing changes. @throws ERR_EXISTS */
export function withRoutes(networks: PodNetworks, row: PodRow): PodRow {
	const attachments = row.attachments.map((one) => {
		const routes = routesOf(one, networks.get(one.network), row.attachments);
		return JSON.stringify(routes) === JSON.stringify(one.routes) ? one : { ...one, routes };
	});
	if (attachments.every((one, i) => one === row.attachments[i])) {
		return row;
	}
	checkRoutes(attachments);
	return { ...row, attachments };
}

/** Brings a running pod's routes from the one row's to the other's. A pod that is gone has none. */
export function reroute(from: PodRow, to: PodRow): void {
	const changed = to.attachments.flatMap((next) => {
		const former = from.attachments.find(({ network }) => network === next.network);
		return former === undefined || former.routes === next.routes ? [] : [{ former, next }];
	});
	if (changed.length === 0) {
		return;
	}
	inspectNamespace(to.netns, (inside) => {
		for (const { former, next } of changed) {
			const { ifindex } = linkOf(inside, next.interface);
			for (const { destination, gateway } of missingIn(former, next)) {
				inside.deleteRoute({ destination, gateway, ifindex });
			}
		}
		for (const { former, next } of changed) {
			const { ifindex } = linkOf(inside, next.interface);
			missingIn(next, former).forEach((route) => addRoute(inside, ifindex, next, route));
		}
	});
}

/** Those of the first that the second has not. */
function missingIn(first: AttachmentRow, second: AttachmentRow): AttachmentRow['routes'] {
	const others = new Set(second.routes.map((route) => JSON.stringify(route)));
	return first.routes.filter((route) => !others.has(JSON.stringify(route)));
}
