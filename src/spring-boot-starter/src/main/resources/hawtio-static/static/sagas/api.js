// The REST interface of the application that serves this page.
import { stream } from './stream.js';

const root = location.pathname.replace(/\/actuator\/.*$/, '');
const sagas = root + '/api/sagas';

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

const headers = { Accept: 'application/json' };

async function json(path) {
  return (await answer(await fetch(sagas + path, { headers }))).json();
}

export async function page(filters, after) {
  const query = new URLSearchParams({ order: 'attention', limit: '50' });
  Object.entries(filters).forEach(([name, value]) => value && query.set(name, value));
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
export const access = () => json('/access');
export const saga = id => json('/' + encodeURIComponent(id));
export const event = (id, sequence) => json(`/${encodeURIComponent(id)}/events/${sequence}`);

export async function act(id, action, who, reason) {
  const token = /(?:^|; )XSRF-TOKEN=([^;]+)/.exec(document.cookie);
  await answer(
    await fetch(`${sagas}/${encodeURIComponent(id)}/${action}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token ? { 'X-XSRF-TOKEN': decodeURIComponent(token[1]) } : {}),
      },
      body: JSON.stringify({ who, reason }),
    }),
  );
}

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
