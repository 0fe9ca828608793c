/** Unpacks what comes by gzip. */

type Bytes = Uint8Array<ArrayBuffer>;

const GZIP_MAGIC = [0x1f, 0x8b];

/** The same bytes, unpacked if they come by gzip. A host may have declared that, and the browser unpacked them. */
export async function unpacked(body: ReadableStream<Bytes>): Promise<ReadableStream<Bytes>> {
  const reader = body.getReader();
  const first = await reader.read();
  const whole = new ReadableStream<Bytes>({
    start: (stream) => {
      if (first.value) {
        stream.enqueue(first.value);
      } else {
        stream.close();
      }
    },
    pull: async (stream) => {
      const { done, value } = await reader.read();
      if (done) {
        stream.close();
      } else {
        stream.enqueue(value);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const isPacked = GZIP_MAGIC.every((byte, at) => first.value?.[at] === byte);
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}
