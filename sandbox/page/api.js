// Talking to the sandbox's server: JSON in and out, one stream of live events. Knows nothing of what is shown.

export class ApiError extends Error {}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError("offline");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(body.error || `${response.status} ${response.statusText}`);
  return body;
}

/** GET /api/<path> with the given parameters; those that are null or undefined are left out. */
export function get(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== null && value !== undefined);
  const query = new URLSearchParams(given).toString();
  return call(`/api/${path}${query ? `?${query}` : ""}`);
}

export function post(path, body) {
  return call(`/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** POST multipart; `fields` may hold a File. Empty fields are left out. */
export function upload(fields) {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined && value !== "") form.append(key, value);
  }
  return call("/api/upload", { method: "POST", body: form });
}

const RETRY_MS = 1000;

/**
 * The live stream of one person. `onEvent(event)` for each event; `onStatus(true|false)` when the line comes up or
 * goes down. A broken stream is opened again here: the browser by itself would wait longer, and give up on an error.
 */
export class Live {
  constructor(as, onEvent, onStatus) {
    this.as = as;
    this.onEvent = onEvent;
    this.onStatus = onStatus;
    this.timer = null;
    this.open();
  }

  open() {
    this.source = new EventSource(`/api/events?as=${encodeURIComponent(this.as)}`);
    this.source.onopen = () => this.onStatus(true);
    this.source.onmessage = (event) => this.onEvent(JSON.parse(event.data));
    this.source.onerror = () => {
      this.close();
      this.onStatus(false);
      this.timer = setTimeout(() => this.open(), RETRY_MS);
    };
  }

  close() {
    clearTimeout(this.timer);
    this.source.close();
  }
}
