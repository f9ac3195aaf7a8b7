/** Tables of the index. All of it can be made again from the ledger; only the blocks' rows say how far it is. */
export const INDEX_STEPS = [
  `
  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    rows_digest TEXT NOT NULL
  );
  CREATE TABLE transactions (
    block INTEGER NOT NULL,
    position INTEGER NOT NULL,
    transaction_id TEXT NOT NULL,
    code TEXT NOT NULL,
    creator TEXT NOT NULL,
    declared_at TEXT NOT NULL,
    PRIMARY KEY (block, position)
  ) WITHOUT ROWID;
  CREATE INDEX transactions_id ON transactions (transaction_id);
  CREATE TABLE skeletons (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    commitment TEXT NOT NULL,
    previous TEXT,
    participants TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE versions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT,
    status TEXT,
    commitment TEXT NOT NULL,
    document TEXT,
    salted TEXT,
    order_id TEXT,
    transaction_id TEXT NOT NULL,
    block INTEGER NOT NULL,
    position INTEGER NOT NULL,
    declared_at TEXT NOT NULL,
    creator TEXT NOT NULL,
    PRIMARY KEY (id, version)
  );
  CREATE INDEX versions_order ON versions (order_id, block, position);
  CREATE INDEX versions_missing ON versions (id) WHERE document IS NULL;
  CREATE TABLE records (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    order_id TEXT,
    block INTEGER NOT NULL,
    position INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX records_newest ON records (block, position, id);
  CREATE INDEX records_type ON records (type, block, position, id);
  CREATE INDEX records_order ON records (order_id, block, position, id);
  CREATE TABLE attachments (
    id TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (id, name)
  );
  CREATE TABLE notice_heads (
    order_id TEXT NOT NULL, msp_id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (order_id, msp_id)
  ) WITHOUT ROWID;
  CREATE TABLE business_days (id TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE disclosures (
    id TEXT PRIMARY KEY, case_id TEXT NOT NULL, record_id TEXT NOT NULL, body TEXT NOT NULL,
    transaction_id TEXT NOT NULL, block INTEGER NOT NULL, creator TEXT NOT NULL
  );
  CREATE INDEX disclosures_case ON disclosures (case_id, block);
  CREATE TABLE registry_state (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
`,
];
