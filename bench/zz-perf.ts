import os from 'node:os';
import { spawn } from 'node:child_process';
import { createCleanup } from './support/cleanup.js';
import { heddle, direct } from './l7/contenders/heddle.js';
import { nginx } from './l7/contenders/nginx.js';
import { haproxy } from './l7/contenders/haproxy.js';
import { load } from './l7/load.js';
import { largePath, smallPath } from './l7/contender.js';
import { removeLeftovers } from './live/topology.js';
const [, , what = 'rps', who = 'heddle,nginx', rounds = '3', perf = ''] = process.argv;
const kinds: any = {
	rps: { command: 'http', path: smallPath, connections: 32, seconds: 0.5 },
	large: { command: 'http', path: largePath, connections: 4, seconds: 0.5 },
	new: { command: 'http_new', path: smallPath, connections: 16, seconds: 0.5 },
};
const cleanup = createCleanup();
await removeLeftovers();
const cpu = os.cpus().length - 1;
const up = [];
for (const spec of [direct, heddle, nginx, haproxy])
	if (who.split(',').includes(spec.id)) up.push(await spec.create(cleanup, cpu));
const got = new Map<string, number[]>();
for (let r = 0; r < Number(rounds); r++)
	for (const one of up)
		for (const kind of what.split(',')) {
			const pf =
				perf && r === 1
					? spawn('perf', ['record', '-C', String(cpu), '-g', '-o', `/tmp/perf-${one.id}-${kind}.data`, '-F', '4000'], {
							stdio: 'ignore',
						})
					: undefined;
			if (pf) await new Promise((r) => setTimeout(r, 500));
			const st =
				process.env.ST && r === 1
					? spawn(
							'sh',
							[
								'-c',
								`T=$(grep -l -E "^(heddle-l7|nginx)" /proc/*/task/*/comm | tail -1 | cut -d/ -f5); exec strace -c -p $T -o /tmp/strace-${one.id}-${kind}.txt`,
							],
							{ stdio: 'ignore' },
						)
					: undefined;
			if (st) await new Promise((r) => setTimeout(r, 300));
			if (process.env.TD && r === 0)
				spawn(
					'sh',
					[
						'-c',
						`sleep 0.2; ip netns exec ${one.pair.client.namespace} tcpdump -n -i any -c 600 > /tmp/td-${one.id}.txt 2>&1`,
					],
					{ stdio: 'ignore' },
				);
			const m = await load(one, { ...kinds[kind], ...(pf ? { seconds: 2 } : {}) });
			if (st) {
				spawn('pkill', ['-INT', 'strace']);
				await new Promise((r) => st.once('exit', r));
			}
			if (pf) {
				pf.kill('SIGINT');
				await new Promise((r) => pf.once('exit', r));
			}
			const k = `${kind} ${one.id}`;
			(got.get(k) ?? got.set(k, []).get(k)!).push(kind === 'large' ? m.mbits : m.rate);
		}
for (const [k, v] of [...got].sort())
	console.log(k.padEnd(16), v.sort((a, b) => a - b)[v.length >> 1]!.toFixed(0), v.map((x) => x.toFixed(0)).join(' '));
await cleanup.run();
process.exit(0);
