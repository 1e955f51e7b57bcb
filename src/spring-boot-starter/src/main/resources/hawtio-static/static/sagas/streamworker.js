// A shared worker: it has the stream, and passes on to every tab what it hears.
import { stream } from './stream.js';

const url = new URL(self.location.href).searchParams.get('url');
const tabs = new BroadcastChannel('caravan ' + url);
stream(url, message => tabs.postMessage(message));
