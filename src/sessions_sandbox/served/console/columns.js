/** What the console shows of each table, and what can be done to a row. */

import { timeText } from "./calls.js";

/** @typedef {import("./calls.js").Overview} Overview */
/** @typedef {import("./calls.js").Row} Row */
/** @typedef {{ name: string, text: (row: Row, overview: Overview) => string, code?: boolean }} Column */
/**
 * @typedef {object} Action A button of each row. `label` is what it says, `about` what it is about.
 * @property {string} label
 * @property {(row: Row, overview: Overview) => string} about
 * @property {string} [command] none: the exchange is shown
 * @property {(row: Row) => Row} [sent]
 * @property {(row: Row) => boolean} possible
 */
/**
 * @typedef {object} Table
 * @property {string} id
 * @property {string} title
 * @property {string} caption
 * @property {(overview: Overview) => { total: number, rows: Row[] }} rows
 * @property {(row: Row) => string} key
 * @property {Column[]} columns
 * @property {Action[]} actions
 */

/** @param {string} name @param {string} field @returns {Column} */
const plain = (name, field) => ({ name, text: (row) => String(row[field] ?? "") });
/** @param {string} name @param {string} field @returns {Column} */
const code = (name, field) => ({ ...plain(name, field), code: true });
/** @param {string} name @param {string} field @returns {Column} */
const time = (name, field) => ({ name, text: (row) => timeText(row[field]) });
const state = plain("State", "state");
/** @type {Column} */
const client = { name: "Client", text: (row, overview) => clientName(row, overview) };
/** @type {Column} */
const user = { name: "User", text: (row, overview) => loginOf(row, overview) };

/** @param {Row} row @param {Overview} overview */
function loginOf(row, overview) {
  const found = overview.tables.users?.rows.find((one) => one.uid === row.uid);
  return String(found?.login ?? row.uid ?? "");
}

/** @param {Row} row @param {Overview} overview */
function clientName(row, overview) {
  return overview.clients[row.client_id] ?? String(row.client_id ?? "");
}

/** @param {string} table */
const rowsOf = (table) => (/** @type {Overview} */ overview) =>
  overview.tables[table] ?? { total: 0, rows: [] };

/** The oldest first. @param {string} table */
const inOrder = (table) => (/** @type {Overview} */ overview) => {
  const { total, rows } = rowsOf(table)(overview);
  return { total, rows: rows.toReversed() };
};

/** @param {string} field */
const keyOf = (field) => (/** @type {Row} */ row) => String(row[field]);

/**
 * @param {string} label @param {string} command @param {string} table @param {string} field
 * @param {string} what @param {string} state in which it can be done
 * @returns {Action}
 */
function onRow(label, command, table, field, what, state) {
  return {
    label,
    command,
    about: (row, overview) => `${what} of ${about(row, overview)}, ${row[field]}`,
    sent: (row) => ({ table, key: row[field] }),
    possible: (row) => row.state === state || state === "",
  };
}

/** @param {Row} row @param {Overview} overview */
function about(row, overview) {
  return [loginOf(row, overview), row.client_id && clientName(row, overview)].filter(Boolean).join(" at ");
}

/** @param {string} label @param {string} command @param {string} state @returns {Action} */
function onUser(label, command, state) {
  return {
    label,
    command,
    about: (row) => row.login,
    sent: (row) => ({ login: row.login }),
    possible: (row) => row.state === state,
  };
}

/** @param {string} id @param {string} title @param {string} caption @param {Column[]} columns @returns {Table} */
function sessions(id, title, caption, columns) {
  return {
    id,
    title,
    caption,
    rows: rowsOf(id),
    key: keyOf("id_hash"),
    columns: [user, ...columns, state],
    actions: [
      onRow("End", "end_session", id, "id_hash", "the session", ""),
      onRow("Expire", "expire", id, "id_hash", "the session", "live"),
    ],
  };
}

/** @type {Table[]} */
export const TABLES = [
  {
    id: "users",
    title: "Users",
    caption: "Accounts, and whether they may sign in",
    rows: inOrder("users"),
    key: keyOf("uid"),
    columns: [plain("Name", "login"), code("uid", "uid"), state],
    actions: [onUser("Deactivate", "deactivate", "active"), onUser("Activate", "activate", "deactivated")],
  },
  sessions(
    "idp_sessions",
    "Sessions at the identity provider",
    "One row for each browser that is signed in",
    [code("sid", "sid"), time("Signed in", "auth_time"), time("Last used", "last_seen")],
  ),
  sessions("app_sessions", "Sessions of the cookie app", "One row for each cookie that opens something", [
    time("Signed in", "created"),
    time("Last used", "last_seen"),
  ]),
  sessions("bff_sessions", "Sessions of the backend for frontend", "Their tokens stay on the server", [
    code("sid", "sid"),
    time("Ends at the latest", "expires"),
  ]),
  {
    id: "grants",
    title: "Grants",
    caption: "That a user let a client act; revoking one ends its tokens",
    rows: rowsOf("grants"),
    key: keyOf("grant_id"),
    columns: [
      user,
      client,
      plain("Server", "server"),
      plain("Scope", "scope"),
      time("Since", "auth_time"),
      state,
    ],
    actions: [onRow("Revoke", "revoke", "grants", "grant_id", "the grant", "in force")],
  },
  {
    id: "access_tokens",
    title: "Access tokens",
    caption: "Revoking one ends it alone; an API that only checks the signature goes on accepting it",
    rows: rowsOf("access_tokens"),
    key: keyOf("jti"),
    columns: [
      code("jti", "jti"),
      plain("Subject", "subject"),
      client,
      plain("Scope", "scope"),
      time("Expires", "expires"),
      state,
    ],
    actions: [onRow("Revoke", "revoke", "access_tokens", "jti", "the access token", "active")],
  },
  {
    id: "refresh_families",
    title: "Refresh families",
    caption: "All refresh tokens of one grant; revoking a family ends the grant and its access tokens too",
    rows: rowsOf("refresh_families"),
    key: keyOf("family_id"),
    columns: [
      code("Family", "family_id"),
      client,
      plain("Live generation", "live"),
      time("Last used", "last_used"),
      time("Ends at the latest", "expires"),
      state,
    ],
    actions: [
      onRow("Revoke", "revoke", "refresh_families", "family_id", "the family", "live"),
      onRow("Expire", "expire", "refresh_families", "family_id", "the family", "live"),
    ],
  },
  {
    id: "consents",
    title: "Consents",
    caption: "What a user has allowed a client; withdrawing it has them asked again, and ends no token",
    rows: rowsOf("consents"),
    key: keyOf("consent_id"),
    columns: [user, client, plain("Server", "server"), plain("Scope", "scope"), time("Given", "given")],
    actions: [onRow("Withdraw", "revoke", "consents", "consent_id", "the consent", "")],
  },
  {
    id: "keys",
    title: "Keys",
    caption: "Old keys verify, the signing key signs, the next one is known ahead",
    rows: (overview) => ({ total: overview.keys.length, rows: overview.keys }),
    key: keyOf("kid"),
    columns: [
      plain("Server", "server"),
      plain("Signs", "signs"),
      code("kid", "kid"),
      { name: "Published", text: (row) => (row.published ? "yes" : "no") },
      state,
    ],
    actions: [],
  },
  {
    id: "system_log",
    title: "System log",
    caption: "Newest first",
    rows: rowsOf("system_log"),
    key: keyOf("event_id"),
    columns: [time("Time", "time"), code("Event", "event"), user, client, plain("Detail", "detail")],
    actions: [],
  },
  {
    id: "exchanges",
    title: "Exchanges",
    caption: "HTTP requests that this process answered, newest first",
    rows: (overview) => ({ total: overview.exchanges[0]?.number ?? 0, rows: overview.exchanges }),
    key: keyOf("number"),
    columns: [
      plain("Number", "number"),
      time("Time", "time"),
      plain("Method", "method"),
      code("URL", "url"),
      plain("Status", "status"),
      plain("Sender", "sender"),
    ],
    actions: [{ label: "Show", about: (row) => `exchange ${row.number}`, possible: () => true }],
  },
];
