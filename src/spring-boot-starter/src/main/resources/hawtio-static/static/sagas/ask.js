// Who acts, and why: asked for before an act on one saga or one LRA.
export function createAsk(React) {
  const { useEffect, useRef, useState } = React;
  const h = React.createElement;

  /**
   * @param where why is written to
   * @param data that is sent, to be changed as a text; without it, there is none
   * @param shows that is not to be changed
   * @param send is called with who, why, and the data as it was changed
   */
  return function Ask({ label, of, warns, where, data, shows, access, send, done, close }) {
    const dialog = useRef(null);
    const [who, setWho] = useState(localStorage.getItem('caravan.who') || '');
    const [reason, setReason] = useState('');
    const [text, setText] = useState(data);
    const [problem, setProblem] = useState('');
    const [busy, setBusy] = useState(false);
    useEffect(() => dialog.current.showModal(), []);
    const submit = async submitted => {
      submitted.preventDefault();
      setBusy(true);
      try {
        await send(access.user || who, reason, text);
        if (!access.user) {
          localStorage.setItem('caravan.who', who);
        }
        dialog.current.close(); // gives the focus back to where it was
        done();
      } catch (failure) {
        setProblem(failure.message);
        setBusy(false);
      }
    };
    return h(
      'dialog',
      { ref: dialog, className: 'saga-dialog', onClose: close, 'aria-labelledby': 'saga-ask' },
      h(
        'form',
        { onSubmit: submit },
        h('h2', { id: 'saga-ask' }, `${label}: ${of}`),
        h('p', null, warns),
        shows !== undefined && h('pre', { tabIndex: 0 }, shows),
        data !== undefined && h('label', null, 'What it is sent, as JSON',
          h('textarea', { name: 'data', required: true, rows: 8, spellCheck: false, value: text, onChange: e => setText(e.target.value) })),
        access.user
          ? h('p', null, 'As ', h('b', null, access.user))
          : h('label', null, 'Who are you?', h('input', { name: 'who', required: true, value: who, onChange: e => setWho(e.target.value) })),
        h('label', null, `Why? It is written to ${where}.`,
          h('textarea', { name: 'reason', required: true, rows: 3, value: reason, onChange: e => setReason(e.target.value) })),
        problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
        h('div', { className: 'saga-buttons' },
          h('button', { type: 'submit', disabled: busy, className: 'saga-button saga-primary' }, label),
          h('button', { type: 'button', className: 'saga-button', onClick: () => dialog.current.close() }, 'Leave it as it is')),
      ),
    );
  };
}
