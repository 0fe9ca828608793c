/** What the laboratory shows of each table, and what can be done to a row. */
import { type Deed, type Row, type State, short, timeText } from "./state.ts";

export interface Column {
  name: string;
  text: (row: Row, state: State) => string;
  isCode?: boolean;
}

export interface Action {
  label: string;
  isPossible: (row: Row) => boolean;
  /** What the button is about, for those who do not see its row: "the session 151002bc16bb…". */
  about: (row: Row) => string;
  deed: (row: Row) => Deed["act"];
}

export interface TableView {
  title: string;
  columns: Column[];
  actions: Action[];
}

const plain = (name: string, field: string): Column => ({ name, text: (row) => String(row[field] ?? "") });
const code = (name: string, field: string): Column => ({
  name,
  text: (row) => short(row[field]),
  isCode: true,
});
const time = (name: string, field: string): Column => ({
  name,
  text: (row, state) => (row[field] === null ? "never" : timeText(Number(row[field]), state.now)),
});
const state = plain("State", "state");
const server = plain("Server", "server");
const scope = plain("Scope", "scope");
const client: Column = {
  name: "Client",
  text: (row, { clients }) => clients[String(row.client_id)] ?? String(row.client_id ?? ""),
};
const user: Column = { name: "User", text: (row, { tables }) => loginOf(row.uid, tables) };

function loginOf(uid: unknown, tables: State["tables"]): string {
  const users = tables.find(({ table }) => table === "users")?.rows ?? [];
  return String(users.find((row) => row.key === uid)?.login ?? uid ?? "");
}

function onRow(label: string, operation: string, table: string, thing: string, live?: string): Action {
  return {
    label,
    isPossible: (row) => live === undefined || row.state === live,
    about: (row) => `the ${thing} ${short(row.key)}`,
    deed: (row) => ({ do: operation, table, key: row.key }),
  };
}

function sessionActions(table: string): Action[] {
  return [
    onRow("Delete", "end_session", table, "session"),
    onRow("Let idle out", "expire", table, "session", "live"),
  ];
}

function account(label: string, operation: string, from: string): Action {
  return {
    label,
    isPossible: (row) => row.state === from,
    about: (row) => String(row.login),
    deed: (row) => ({ do: operation, login: row.login }),
  };
}

/** By table. The refresh families have a tree of their own; see laboratory_families.ts. */
export const VIEWS: Record<string, TableView> = {
  app_sessions: {
    title: "Cookie sessions",
    columns: [
      code("Session", "key"),
      plain("User", "login"),
      time("Since", "created"),
      time("Last seen", "last_seen"),
      state,
    ],
    actions: sessionActions("app_sessions"),
  },
  bff_sessions: {
    title: "BFF sessions",
    columns: [
      code("Session", "key"),
      user,
      time("Its access token expires", "access_token_expires"),
      time("Ends", "expires"),
      state,
    ],
    actions: sessionActions("bff_sessions"),
  },
  idp_sessions: {
    title: "Sessions at the identity provider",
    columns: [
      code("Session", "key"),
      user,
      time("Signed in", "auth_time"),
      time("Last seen", "last_seen"),
      state,
    ],
    actions: sessionActions("idp_sessions"),
  },
  grants: {
    title: "Grants",
    columns: [code("Grant", "key"), server, client, user, scope, state],
    actions: [onRow("Revoke", "revoke", "grants", "grant", "in force")],
  },
  refresh_families: {
    title: "Refresh token families",
    columns: [],
    actions: [
      onRow("Revoke", "revoke", "refresh_families", "family", "live"),
      onRow("Let expire", "expire", "refresh_families", "family", "live"),
    ],
  },
  access_tokens: {
    title: "Access tokens",
    columns: [
      code("Token", "key"),
      client,
      plain("Subject", "subject"),
      scope,
      time("Expires", "expires"),
      state,
    ],
    actions: [onRow("Revoke", "revoke", "access_tokens", "access token", "active")],
  },
  authorization_codes: {
    title: "Authorization codes",
    columns: [code("Code's hash", "key"), client, time("Expires", "expires"), state],
    actions: [],
  },
  consents: {
    title: "Consents",
    columns: [user, client, server, scope, time("Given", "given")],
    actions: [
      { ...onRow("Withdraw", "revoke", "consents", "consent"), about: (row) => `the consent ${row.key}` },
    ],
  },
  denials: {
    title: "The API's denylist",
    columns: [code("Denied: a token or a user", "key"), time("If issued up to", "since")],
    actions: [],
  },
  not_before: {
    title: "The API's not-before times",
    columns: [user, time("No tokens issued up to", "since")],
    actions: [],
  },
  dpop_proofs: {
    title: "Used DPoP proofs",
    columns: [code("Proof's hash", "key"), time("Kept until", "expires")],
    actions: [],
  },
  used_logout_tokens: {
    title: "Used logout tokens",
    columns: [code("Token", "key"), time("Kept until", "expires")],
    actions: [],
  },
  transfers: {
    title: "Transfers",
    columns: [{ ...user, name: "From" }, plain("To", "to"), plain("Amount", "amount"), time("Time", "time")],
    actions: [],
  },
  users: {
    title: "Users",
    columns: [plain("Login", "login"), plain("Name", "name"), state],
    actions: [account("Disable", "deactivate", "active"), account("Enable", "activate", "deactivated")],
  },
  keys: {
    title: "Signing keys",
    columns: [
      code("Key (kid)", "kid"),
      server,
      plain("Signs", "signs"),
      { name: "Published", text: (row) => (row.published ? "yes" : "no") },
      state,
    ],
    actions: [],
  },
  system_log: {
    title: "System log",
    columns: [
      { ...plain("Event", "event"), isCode: true },
      time("Time", "time"),
      user,
      client,
      { name: "Detail", text: (row) => String(row.detail ?? "") },
    ],
    actions: [],
  },
};
