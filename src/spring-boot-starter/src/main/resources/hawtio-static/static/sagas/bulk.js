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
        h('p', { role: 'status', className: 'saga-preview' }, preview ? says(preview) : 'Which sagas this is about is being looked up.'),
        preview && preview.count > 0 && h('details', null, h('summary', null, 'Which'),
          h('ul', { className: 'saga-which' }, preview.sagas.map(saga => h('li', { key: saga.sagaId }, saga.key || saga.sagaId))),
          preview.count > preview.sagas.length && `and ${(preview.count - preview.sagas.length).toLocaleString()} more`),
        answers && field('body', 'With what the route goes on, as JSON; empty: with the message that it has'),
        answers && field('code', 'Code, if the answer is a no'),
        access.user ? h('p', null, 'As ', h('b', null, access.user)) : field('who', 'Who are you?', { required: true }),
        field('reason', 'Why? It is written to the log of each saga.', { required: true }),
        field('perSecond', 'Sagas in a second, at most', { type: 'number', min: 1, max: 1000, required: true }),
        preview && h('p', null, `It takes about ${duration(1000 * Math.ceil(preview.count / (Number(said.perSecond) || 1)))}.`),
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

  /** Acts that are running, and those that this page has begun, which may be done before they are asked for. */
  function Acts({ begun, access }) {
    const [acts, setActs] = useState([]);
    const seen = useRef(new Set());
    begun.forEach(id => seen.current.add(id));
    useEffect(() => {
      let timer = null;
      let gone = false;
      const load = async () => {
        const all = await api.acts().catch(() => []);
        all.filter(act => act.state === 'RUNNING').forEach(act => seen.current.add(act.id));
        const shown = await Promise.all(all.filter(act => seen.current.has(act.id)).map(act => api.progress(act.id)))
          .catch(() => []);
        if (!gone) {
          setActs(shown);
          timer = shown.some(act => act.state === 'RUNNING' || inFlight(act)) ? setTimeout(load, 1000) : null;
        }
      };
      load();
      return () => { gone = true; clearTimeout(timer); };
    }, [begun]);
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

  const inFlight = act => ['COMPENSATING', 'COMPLETING'].some(status => act.byStatus[status]);

  return { Offer, Acts };
}
