import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';

/** Servers of a test, on free ports of this machine, ended after all tests of the file. */

const open = new Map<TcpServer, Set<Socket>>();

afterAll(() => {
  for (const [server, sockets] of open) {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  }
  open.clear();
});

async function listen(server: TcpServer): Promise<string> {
  const sockets = new Set<Socket>();
  open.set(server, sockets);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An HTTP server; `host:port`. */
export async function serve(listener: RequestListener): Promise<string> {
  return listen(createServer(listener));
}

/** An answer on its way from the registry, to be changed. */
export interface Passing {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  status: number;
  body: string;
}

/** A host that passes requests on to a registry, and its answers back as `change` leaves them. */
export async function between(registry: string, change: (answer: Passing) => void): Promise<string> {
  return serve(({ url = '/', headers }, response) => {
    request(`http://${registry}${url}`, { headers: { ...headers, host: registry } }, (received) => {
      const chunks: Uint8Array[] = [];
      received.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      received.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const answer: Passing = { path: url, headers: received.headers, status: received.statusCode ?? 0, body };
        change(answer);
        answer.headers['content-length'] = String(Buffer.byteLength(answer.body));
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    }).end();
  });
}

/** A wire to a registry that is cut after so many bytes of each of the first `times` answers by plain HTTP. */
export async function cutting(registry: string, bytes: number, times: number): Promise<string> {
  const [host = '', port = ''] = registry.split(':');
  let left = times;
  return listen(
    createTcpServer((socket) => {
      const far = connect(Number(port), host);
      far.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('close', () => far.destroy());
      let sent = 0;
      let cut: boolean | undefined;
      socket.on('data', (data: Buffer) => {
        // What does not begin as a request is a handshake of TLS, which the registry refuses by itself.
        cut ??= data.toString('latin1').startsWith('GET') && left-- > 0;
        far.write(new Uint8Array(data));
      });
      far.on('data', (data: Buffer) => {
        if (cut === true && sent + data.length > bytes) {
          socket.write(new Uint8Array(data.subarray(0, bytes - sent)), () => socket.destroy());
        } else {
          socket.write(new Uint8Array(data));
        }
        sent += data.length;
      });
    }),
  );
}

/** A proxy for CONNECT: it takes each name to `to`, and remembers what was asked for. */
export async function connectProxy(to: string, asked: string[], login?: string): Promise<string> {
  const [host = '', port = ''] = to.split(':');
  const server: Server = createServer();
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    if (login !== undefined && headers['proxy-authorization'] !== login) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const far = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => socket.destroy());
    socket.on('error', () => far.destroy());
  });
  return listen(server);
}
