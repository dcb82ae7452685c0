import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type * as native from '../../native/addon.js';
import { HeddleError } from '../errors.js';

/** The only file that loads the native core. */

type Addon = typeof native;

function packageRoot(): string | undefined {
	let folder = dirname(fileURLToPath(import.meta.url));
	for (;;) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'heddle') return folder;
		const parent = dirname(folder);
		if (parent === folder) return undefined;
		folder = parent;
	}
}

function candidates(): string[] {
	const chosen = process.env['HEDDLE_ADDON'];
	if (chosen !== undefined && chosen !== '') return [chosen];
	const root = packageRoot();
	if (root === undefined) return [];
	// A build of this checkout is newer than any prebuilt one beside it; an installed package has only the latter.
	return [join(root, 'native/build/heddle.node'), join(root, `prebuilds/linux-${process.arch}/heddle.node`)];
}

function loadAddon(): Addon {
	if (process.platform !== 'linux') {
		throw new HeddleError('ERR_NATIVE_MISSING', `heddle runs on Linux only, found ${process.platform}`);
	}
	const paths = candidates();
	const path = paths.find((candidate) => existsSync(candidate));
	if (path === undefined) {
		const places =
			paths.length === 0 ? 'no folder of the package heddle around this file' : `none of ${paths.join(', ')}`;
		throw new HeddleError(
			'ERR_NATIVE_MISSING',
			`the native core of heddle for linux-${process.arch} is missing (${places}): run "npm run build" in a checkout, or set HEDDLE_ADDON to its path`,
		);
	}
	try {
		return createRequire(import.meta.url)(path) as Addon;
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new HeddleError('ERR_NATIVE_LOAD', `the native core of heddle does not load: ${reason}`, { cause });
	}
}

const addon = loadAddon();

export const { BpfMap, BpfProgram, DnsProxy, HttpProxy, Link, Netlink, RingReader, netns } = addon;
export const { attach, detach, embeddedObject, ensureBpffs, features, findClsact, kernelRelease, load, loadNow } =
	addon;
export const { missingPrivilege, possibleCpus, probeAttachMode, readSysctl, writeSysctl } = addon;

export type BpfMap = native.BpfMap;
export type BpfProgram = native.BpfProgram;
export type DnsProxy = native.DnsProxy;
export type DnsProxyHandlers = native.DnsProxyHandlers;
export type DnsProxyLimits = native.DnsProxyLimits;
export type DnsProxyOptions = native.DnsProxyOptions;
export type DnsProxyStatistics = native.DnsProxyStatistics;
export type DnsRuleSpec = native.DnsRuleSpec;
export type HttpProxy = native.HttpProxy;
export type HttpProxyLimits = native.HttpProxyLimits;
export type HttpProxyOptions = native.HttpProxyOptions;
export type HttpProxyStatistics = native.HttpProxyStatistics;
export type HttpRuleSpec = native.HttpRuleSpec;
export type Link = native.Link;
export type Netlink = native.Netlink;
export type RingReader = native.RingReader;
export type RoutingRule = native.RoutingRule;
export type AttachMode = native.AttachMode;
export type XdpMode = native.XdpMode;
export type AttachRequest = native.AttachRequest;
export type BpfObject = native.BpfObject;
export type Hook = native.Hook;
export type LinkInfo = native.LinkInfo;
export type LoadOptions = native.LoadOptions;
export type MapInfo = native.MapInfo;
export type TestRunResult = native.TestRunResult;
