// A TLS server on argv[2] with key and certificate from the files argv[3] and argv[4]: answers by whom it was called, and who called.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [, , port, key, cert] = process.argv;
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ socket }, response) => {
	response.end(`${socket.servername} ${socket.remoteAddress.replace('::ffff:', '')}`);
});
server.listen(Number(port), '::', () => console.log('listening'));
