// What runs in a client pod: tries everything it is told to, all at once, and prints one JSON line.
// [{ "url": "http://…" } | { "ping": "address" }, …] → [{ "status": 200, "body": "…" } | { "alive": true } | { "error": "…" }, …]
import { spawn } from 'node:child_process';
import { get } from 'node:http';

const { probes, timeoutMs } = JSON.parse(process.argv[2]);

function fetchText(url) {
	return new Promise((resolve) => {
		const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
			let body = '';
			response.setEncoding('utf8').on('data', (part) => (body += part));
			response.on('end', () => resolve({ status: response.statusCode, body: body.trim() }));
		});
		request.on('timeout', () => request.destroy(new Error('no answer')));
		request.on('error', (error) => resolve({ error: error.message }));
	});
}

function ping(address) {
	return new Promise((resolve) => {
		const child = spawn('ping', ['-n', '-c', '1', '-W', String(timeoutMs / 1000), address], { stdio: 'ignore' });
		child.on('error', (error) => resolve({ error: error.message }));
		child.on('exit', (code) => resolve(code === 0 ? { alive: true } : { error: 'no answer' }));
	});
}

const results = await Promise.all(probes.map((probe) => (probe.url ? fetchText(probe.url) : ping(probe.ping))));
process.stdout.write(`${JSON.stringify(results)}\n`);
