import { type ContenderSpec, allowedPath, rulePort, threads } from '../contender.js';
import { type TransparentProxy, createTransparent } from './transparent.js';

const proxy: TransparentProxy = {
	id: 'haproxy',
	title: 'haproxy, transparent, http-reuse, splice',
	size: `1 http-request rule of method and path_reg; ${threads} thread, no log`,
	configuration: ({ server }) => `
global
	nbthread ${threads}
	maxconn 4096
defaults
	mode http
	timeout connect 5s
	timeout client 60s
	timeout server 60s
	option http-keep-alive
	option splice-auto
	http-reuse always
frontend web
	bind 0.0.0.0:${rulePort}
	http-request deny unless { method GET } { path_reg ^${allowedPath}$ }
	default_backend pod
backend pod
	source 0.0.0.0 usesrc clientip
	server pod ${server.address}:${rulePort}
`,
	command: (configuration) => ['haproxy', '-db', '-q', '-f', configuration],
};

export const haproxy: ContenderSpec = {
	id: proxy.id,
	title: proxy.title,
	create: (cleanup, cpu) => createTransparent(cleanup, cpu, proxy),
};
