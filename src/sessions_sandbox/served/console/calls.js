/** The control endpoints, as the console calls them. */

/** @typedef {Record<string, any>} Row */
/** @typedef {{ name: string, kind: string | (string | boolean | null)[], value: any, meaning: string }} Switch */
/**
 * @typedef {object} Overview How the sandbox stands. `now` in Unix seconds; rows newest first.
 * @property {number} now
 * @property {boolean} clock_runs
 * @property {Record<string, string>} clients
 * @property {Record<string, { total: number, rows: Row[] }>} tables
 * @property {Row[]} keys
 * @property {Switch[]} switches
 * @property {Row[]} exchanges
 */

/**
 * Do a command and return its answer. Throws an `Error` with what the sandbox said.
 * @param {string} command
 * @param {Row} sent
 * @returns {Promise<any>}
 */
export async function call(command, sent = {}) {
  const reply = await fetch(`/control/${command}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Sandbox-Control": "console" },
    body: JSON.stringify(sent),
  }).catch(() => null);
  if (reply === null) throw new Error("The sandbox does not answer. It may have ended.");
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error);
  return answer;
}

/**
 * A time as people read it, in UTC.
 * @param {number | null} seconds Unix seconds
 * @returns {string}
 */
export function timeText(seconds) {
  if (seconds === null) return "never";
  return new Date(seconds * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC");
}
