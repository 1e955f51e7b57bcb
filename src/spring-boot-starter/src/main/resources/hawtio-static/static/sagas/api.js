// The REST interface of the application that serves this page.
import { stream } from './stream.js';
import { conditionsOf } from './words.js';

const root = location.pathname.replace(/\/actuator\/.*$/, '');
const sagas = root + '/api/sagas';
const lras = root + '/api/lras';

export const loginPage = root + '/caravan/login';
export const logoutPage = root + '/caravan/logout';

async function answer(response) {
  if (response.status === 401) {
    throw new Error('You are logged out. Reload the page to log in again.');
  }
  if (response.status === 403) {
    throw new Error('This is refused: your role does not allow it.');
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `The application answered ${response.status}`);
  }
  return response;
}

/** By the second one the application knows that it is asked again and again: it traces and times others only. */
const headers = { Accept: 'application/json', 'Caravan-Console': 'true' };

async function json(path) {
  return (await answer(await fetch(sagas + path, { headers }))).json();
}

const given = values => Object.fromEntries(Object.entries(values).filter(([, value]) => value));

/** The parameters of the list that the filters of the page stand for. */
export const parametersOf = ({ attributes, ...others }) => ({ ...given(others), ...conditionsOf(attributes || '') });

const queryOf = (filters, more) => new URLSearchParams({ ...more, ...parametersOf(filters) });

/** @param format csv or jsonl */
export const exportOf = (filters, format) => `${sagas}/export?${queryOf(filters, { format })}`;

/** All that the log has of one saga, for a ticket. */
export const bundleOf = id => `${sagas}/${encodeURIComponent(id)}/bundle`;

/** Those that need attention, by what they have in common. */
export const groups = filters => json('/groups?' + queryOf({ ...filters, attention: 'true' }, { limit: '8' }));

export async function page(filters, after) {
  const query = queryOf(filters, { order: 'attention', limit: '50' });
  if (after) {
    query.set('after', after);
  }
  const response = await answer(await fetch(`${sagas}?${query}`, { headers }));
  const next = /[?&]after=([^&>]+)/.exec(response.headers.get('Link') || '');
  return {
    lines: await response.json(),
    total: Number(response.headers.get('Saga-Total')),
    next: next && decodeURIComponent(next[1]),
  };
}

export const overview = () => json('/overview');

/** All sagas of a name, step by step. */
export const map = name => json('/map?' + new URLSearchParams({ name }));
export const access = () => json('/access');
export const saga = id => json('/' + encodeURIComponent(id));
export const event = (id, sequence) => json(`/${encodeURIComponent(id)}/events/${sequence}`);

/** Of other clients at the coordinator, the latest first. */
export async function lraPage(status, after) {
  const query = new URLSearchParams({ limit: '50', ...given({ status, after }) });
  const response = await answer(await fetch(`${lras}?${query}`, { headers }));
  const next = /[?&]after=([^&>]+)/.exec(response.headers.get('Link') || '');
  return { lines: await response.json(), total: Number(response.headers.get('Lra-Total')), next: next && decodeURIComponent(next[1]) };
}

const change = (method, path, body) => send(method, sagas + path, body);

async function send(method, address, body) {
  const token = /(?:^|; )XSRF-TOKEN=([^;]+)/.exec(document.cookie);
  return answer(
    await fetch(address, {
      method,
      headers: {
        ...headers,
        'Content-Type': 'application/json',
        ...(token ? { 'X-XSRF-TOKEN': decodeURIComponent(token[1]) } : {}),
      },
      body: body && JSON.stringify(body),
    }),
  );
}

/**
 * @param step which one of the saga; without it, the saga as a whole
 * @param more what else is said
 */
export const act = (id, action, who, reason, step, more) =>
  change('POST', `/${encodeURIComponent(id)}${step ? `/steps/${encodeURIComponent(step)}` : ''}/${action}`, { who, reason, ...more });

export const actOnLra = (id, action, who, reason) => send('POST', `${lras}/${encodeURIComponent(id)}/${action}`, { who, reason });

/** What the participants hold of a step, by their own account. */
export const askStep = async (id, step, who, reason) => (await act(id, 'ask', who, reason, step)).json();

const actsQuery = (filters, more) => new URLSearchParams({ ...more, ...given(filters) });

/** Who did what, with all sagas: the latest, so many at most. */
export async function whoDidWhat(filters, most) {
  const response = await answer(await fetch(`${sagas}/acts?${actsQuery(filters, { limit: String(most) })}`, { headers }));
  return { lines: await response.json(), since: response.headers.get('Saga-Acts-Since') };
}

/** @param format csv or jsonl */
export const actsExportOf = (filters, format) => `${sagas}/acts/export?${actsQuery(filters, { format })}`;

/** One action for many sagas; with dryRun only what it would do. */
export const bulk = async order => (await change('POST', '/actions', order)).json();
export const acts = () => json('/actions');
export const progress = id => json('/actions/' + id);
export const stopAct = (id, who) => change('DELETE', `/actions/${id}?who=${encodeURIComponent(who)}`);

/**
 * Calls with each saga that changed, with nothing when some were left out, and with {beat: true} every two seconds while the
 * server is there.
 */
export function listen(changed) {
  const url = sagas + '/events';
  const heard = ({ type, data }) => changed(type === 'beat' ? { beat: true } : type === 'saga' ? JSON.parse(data) : undefined);
  if (!window.SharedWorker) {
    return stream(url, heard);
  }
  const tabs = new BroadcastChannel('caravan ' + url);
  tabs.onmessage = message => heard(message.data);
  const script = new URL('./streamworker.js', import.meta.url);
  script.searchParams.set('url', url);
  new SharedWorker(script, { type: 'module', name: 'caravan sagas' });
  return () => tabs.close();
}
