/** In the worker: files that Python has from the start, and that are fetched when it first reads them. */
import type { PyodideAPI } from "pyodide";

const NO_INPUT_OR_OUTPUT = 29; // EIO, as emscripten counts

/** What emscripten's file system in memory holds of a file. */
interface FileNode {
  contents: Uint8Array;
  usedBytes: number;
}

type FileSystem = PyodideAPI["FS"] & {
  lookupPath(path: string): { node: FileNode };
  ErrnoError: new (code: number) => Error;
};

/** Puts a file at `path`. Python, which reads it between two of its own steps, cannot wait but for a blocking fetch. */
export function fetchOnDemand(files: FileSystem, path: string, url: URL): void {
  files.writeFile(path, new Uint8Array());
  const { node } = files.lookupPath(path);
  let bytes: Uint8Array | null = null;
  const read = (): Uint8Array => {
    bytes ??= fetchNow(url) ?? fetchNow(url); // a connection may break once
    if (!bytes) {
      throw new files.ErrnoError(NO_INPUT_OR_OUTPUT);
    }
    return bytes;
  };
  Object.defineProperties(node, {
    contents: { get: read },
    usedBytes: { get: () => read().length },
  });
}

function fetchNow(url: URL): Uint8Array | null {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    return null;
  }
  return request.status === 200 ? new Uint8Array(request.response as ArrayBuffer) : null;
}
