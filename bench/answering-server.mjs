import { createServer } from 'node:http';

/** Answers submits at once, as ingest would, and does nothing with them. Ends with its parent. */
const submitted = { run: `0001${'a'.repeat(32)}`, position: { partition: 1, offset: '12345' } };
const one = JSON.stringify(submitted);

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (piece) => (text += piece));
  request.on('end', () => {
    const isBulk = request.url === '/v1/bulk';
    response.writeHead(isBulk ? 200 : 202, {
      'content-type': isBulk ? 'application/x-ndjson; charset=utf-8' : 'application/json; charset=utf-8',
      'millrace-position': '1:12345',
    });
    response.end(isBulk ? text.split('\n').map(answerOf).join('') : one);
  });
});
const answerOf = (_, place) => `${JSON.stringify({ line: place + 1, ...submitted })}\n`;

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
