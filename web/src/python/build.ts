/** What the build writes into the scripts: src/sessions_guide/bundle.py puts it in place of these words. */
declare const BUILD_NAME: string;
declare const BUILD_SIZES: string;

/** The name of this build, and of the folder of its files: what it holds never changes. */
export const BUILD = BUILD_NAME;

/** Bytes of each file of the runtime as it is sent: "pyodide.mjs:17931 programs.zip:11406 …". */
export const FILE_SIZES: Record<string, number> = Object.fromEntries(
  BUILD_SIZES.split(" ").map((entry) => {
    const [file = "", size] = entry.split(":");
    return [file, Number(size)];
  }),
);
