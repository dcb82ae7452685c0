import { type ContenderSpec, allowedPath, rulePort, threads } from '../contender.js';
import { type TransparentProxy, createTransparent } from './transparent.js';

const proxy: TransparentProxy = {
	id: 'nginx',
	title: 'nginx, transparent, upstream keep-alive',
	size: `1 location of a regular expression, limit_except GET; ${threads} worker, no access log, no temporary files`,
	configuration: ({ server }, folder) => `
daemon off;
user root;
worker_processes ${threads};
pid ${folder}/nginx.pid;
error_log stderr crit;
pcre_jit on;
events { worker_connections 4096; }
http {
	access_log off;
	server_tokens off;
	tcp_nodelay on;
	keepalive_timeout 60s;
	keepalive_requests 1000000000;
	client_body_temp_path ${folder}/client;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	upstream server {
		server ${server.address}:${rulePort};
		keepalive 256;
		keepalive_requests 1000000000;
	}
	server {
		listen ${rulePort} reuseport backlog=4096;
		location / { return 403; }
		location ~ ^${allowedPath}$ {
			limit_except GET { deny all; }
			proxy_pass http://server;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $http_host;
			proxy_bind $remote_addr transparent;
			proxy_buffer_size 64k;
			proxy_buffers 8 64k;
			proxy_busy_buffers_size 256k;
			proxy_max_temp_file_size 0;
		}
	}
}
`,
	command: (configuration, folder) => ['nginx', '-p', folder, '-e', 'stderr', '-c', configuration],
};

export const nginx: ContenderSpec = {
	id: proxy.id,
	title: proxy.title,
	create: (cleanup, cpu) => createTransparent(cleanup, cpu, proxy),
};
