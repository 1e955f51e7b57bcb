// One action for many sagas: what it would do, how far it is, and its end.
import * as api from './api.js';
import { ACTIONS, duration } from './words.js';

const PER_SECOND = 20;
const ANSWER = { label: 'Answer', says: 'The step that waits goes on with this answer, or is told no.' };
const LABELS = { ...ACTIONS, answer: ANSWER };

export function createBulk(React) {
  const { useEffect, useRef, useState } = React;
  const h = React.createElement;

  /** Offered for those that are selected, or else for all that match. */
  function Offer({ filters, selected, total, access, begun }) {
    const [action, setAction] = useState(null);
    const filter = api.parametersOf(filters);
    const which = selected.length ? { sagas: selected } : { filter };
    const count = selected.length || total;
    if (!access.operator || !count || !selected.length && !Object.keys(filter).length) {
      return null;
    }
    return h('div', { className: 'saga-buttons', role: 'group', 'aria-label': 'For many sagas' },
      h('span', null, selected.length ? `${count.toLocaleString()} selected:` : `All ${count.toLocaleString()} that match:`),
      Object.keys(LABELS).map(name => h('button', { key: name, className: 'saga-button', onClick: () => setAction(name) }, `${LABELS[name].label} ...`)),
      action && h(Ask, { action, which, access, close: () => setAction(null), begun: act => { setAction(null); begun(act); } }));
  }

  function Ask({ action, which, access, close, begun }) {
    const dialog = useRef(null);
    const [preview, setPreview] = useState(null);
    const [problem, setProblem] = useState('');
    const [busy, setBusy] = useState(false);
    const [said, setSaid] = useState({ who: localStorage.getItem('caravan.who') || '', reason: '', perSecond: PER_SECOND, step: '', body: '', code: '' });
    const order = {
      action, ...which, who: access.user || said.who, reason: said.reason, perSecond: Number(said.perSecond),
      ...(action === 'answer' ? { step: said.step, code: said.code || undefined, error: said.code || undefined } : {}),
    };
    const answers = action === 'answer';
    useEffect(() => dialog.current.showModal(), []);
    useEffect(() => {
      if (answers && !said.step) {
        return;
      }
      api.bulk({ ...order, perSecond: PER_SECOND, dryRun: true }).then(setPreview, failure => setProblem(failure.message));
    }, [said.step]);
    const field = (name, label, attributes) => h('label', null, label,
      h('input', { name, value: said[name], onChange: e => setSaid({ ...said, [name]: e.target.value }), ...attributes }));
    const send = async submitted => {
      submitted.preventDefault();
      setBusy(true);
      try {
        const act = await api.bulk(answers && said.body ? { ...order, body: JSON.parse(said.body) } : order);
        if (!access.user) {
          localStorage.setItem('caravan.who', said.who);
        }
        dialog.current.close(); // gives the focus back to where it was
        begun(act);
      } catch (failure) {
        setProblem(failure.message);
        setBusy(false);
      }
    };
    return h('dialog', { ref: dialog, className: 'saga-dialog', onClose: close, 'aria-labelledby': 'saga-bulk' },
      h('form', { onSubmit: send },
        h('h2', { id: 'saga-bulk' }, `${LABELS[action].label}: many sagas`),
        h('p', null, LABELS[action].says),
        answers && field('step', 'Which step waits?', { required: true }),
        h('p', { role: 'status', className: 'saga-preview' }, preview ? says(preview) : problem ? '' : 'Which sagas this is about is being looked up.'),
        preview && preview.count > 0 && h('details', null, h('summary', null, 'Which'),
          h('ul', { className: 'saga-which' }, preview.sagas.map(saga => h('li', { key: saga.sagaId }, saga.key || saga.sagaId))),
          preview.count > preview.sagas.length && `and ${(preview.count - preview.sagas.length).toLocaleString()} more`),
        answers && field('body', 'With what the route goes on, as JSON; empty: with the message that it has'),
        answers && field('code', 'Code, if the answer is a no'),
        access.user ? h('p', null, 'As ', h('b', null, access.user)) : field('who', 'Who are you?', { required: true }),
        field('reason', 'Why? It is written to the log of each saga.', { required: true }),
        field('perSecond', 'Sagas in a second, at most', { type: 'number', min: 1, max: 1000, required: true }),
        preview && preview.count > 0 && h('p', null, `It takes about ${duration(1000 * Math.ceil(preview.count / (Number(said.perSecond) || 1)))}.`),
        problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
        h('div', { className: 'saga-buttons' },
          h('button', { type: 'submit', disabled: busy || !preview || !preview.count, className: 'saga-button saga-primary' },
            `${LABELS[action].label} ${preview ? preview.count.toLocaleString() : ''}`),
          h('button', { type: 'button', className: 'saga-button', onClick: () => dialog.current.close() }, 'Leave them as they are'))));
  }

  function says({ count, leftOut }) {
    const others = Object.entries(leftOut).map(([why, number]) => `${number.toLocaleString()} ${why}`).join('; ');
    return `${count.toLocaleString()} ${count === 1 ? 'saga' : 'sagas'}${others && `; left out: ${others}`}.`;
  }

  /** How far acts are that ran, or were begun here, since the page was loaded: they may be done before they are asked for. */
  const seen = new Map();

  async function acting() {
    const all = (await api.acts()).filter(act => act.state === 'RUNNING' || seen.has(act.id));
    const quiet = all.every(act => isSettled(seen.get(act.id)));
    const shown = quiet ? all.map(act => seen.get(act.id)) : await Promise.all(all.map(act => api.progress(act.id)));
    shown.forEach(act => seen.set(act.id, act));
    return shown;
  }

  /** Asked for when something was heard of sagas, and every second until the acts and their sagas have come to an end. */
  function Acts({ begun, access, heard }) {
    const [acts, setActs] = useState([]);
    const polls = useRef(false);
    const again = useRef(false);
    const gone = useRef(false);
    useEffect(() => () => { gone.current = true; }, []);
    useEffect(() => {
      begun.filter(id => !seen.has(id)).forEach(id => seen.set(id, null));
      again.current = true;
      if (polls.current) {
        return;
      }
      polls.current = true;
      const load = async () => {
        again.current = false;
        const shown = await acting().catch(() => null);
        if (gone.current) {
          return;
        }
        setActs(known => shown || known);
        polls.current = !shown || again.current || !shown.every(isSettled);
        if (polls.current) {
          setTimeout(load, 1000);
        }
      };
      load();
    }, [begun, heard]);
    const stop = act => api.stopAct(act.id, access.user || localStorage.getItem('caravan.who') || 'console').catch(() => {});
    return acts.length === 0 ? null : h('ul', { className: 'saga-acts', 'aria-label': 'What is done for many sagas' }, acts.map(act => {
      const tried = act.accepted + act.refused;
      return h('li', { key: act.id },
        h('span', null, `${LABELS[act.action].label} by ${act.who}: ${act.reason} `),
        h('progress', { max: Math.max(1, act.total), value: tried, 'aria-label': `Act ${act.id}` }),
        h('span', { role: 'status' }, ` ${tried.toLocaleString()} of ${act.total.toLocaleString()}, ${act.state}`,
          act.refused > 0 && `, ${act.refused.toLocaleString()} refused`, ': ',
          Object.entries(act.byStatus).map(([status, count]) => `${count.toLocaleString()} ${status}`).join(', ')),
        act.state === 'RUNNING' && access.operator && h('button', { className: 'saga-button', onClick: () => stop(act) }, 'Stop'),
        act.refusals.length > 0 && h('details', null, h('summary', null, 'Refused'),
          h('ul', null, act.refusals.map(({ sagaId, detail }) => h('li', { key: sagaId }, `${sagaId}: ${detail}`)))));
    }));
  }

  const isSettled = act => act && act.state !== 'RUNNING' && !act.byStatus.COMPENSATING && !act.byStatus.COMPLETING;

  return { Offer, Acts };
}
