/*
 * One saga with an LRA coordinator: the coordinator decides the end, the log has the progress, and an owner that was
 * frozen thaws after its successor has gone on, perhaps to the end. src/docs/protocol.md says what is checked and how.
 *
 * Words are those of the code: Coordinator answers as LraStatus, Host is LraOutcome with LiveSaga. What saga-log.pml has
 * shown of the log is taken for granted: an entry of a host that has lost the saga changes nothing, and a host that
 * waits to read such an entry back learns that it has lost it.
 *
 * Each of these leaves one rule out, and has to be found:
 *  NO_ASK   a host that thaws undoes what it believes in, without having read back from the log that it may
 *  NO_GONE  an LRA that the coordinator has forgotten counts as cancelled, without having asked the log
 *  NO_JOIN  a cancel of an operator does not join the close that is under way, and what was closed against it waits
 */
#ifndef STEPS
#define STEPS 2
#endif
#ifndef MOVES
#define MOVES 2
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#define HOSTS 2

mtype:lra = { ACTIVE, CLOSING, CLOSED, CANCELLING, CANCELLED, GONE };
mtype:status = { INITIAL, EXECUTING, COMPLETING, COMPENSATING, COMPLETED, COMPENSATED, FAILED };
mtype:inbox = { EMPTY, DONE, REFUSED, BARRED, REVERTED };
mtype:asked = { CLOSE, CANCEL };
#define NOTHING 0

typedef Host {
  bool live;            /* it runs the saga */
  bool stale;           /* another has taken over, and it does not know */
  bool tookOver;        /* somebody may have asked before it */
  bool wasOpen;         /* it has asked, and the LRA was not closed */
  byte steps;           /* how many it knows to be enlisted */
  mtype:status status;  /* what it knows */
  mtype:asked asked
}

Host h[HOSTS];
byte owner;
byte moves;
byte crashes;

mtype:status truth = EXECUTING; /* what the log says */
byte enlisted;

mtype:lra lra = ACTIVE;
bool closeSent;                 /* requests and messages stay: they arrive late, and again */
bool cancelSent;
bool decidedToClose;


bool command[STEPS];
bool compensation[STEPS];
mtype:inbox inbox[STEPS];

hidden byte k;

#define UNDONE(i) (compensation[i] && inbox[i] != EMPTY && inbox[i] != DONE)
#define SUCCEEDED(i) (inbox[i] == DONE || inbox[i] == REVERTED)
#define ENDED (truth == COMPLETED || truth == COMPENSATED || truth == FAILED)
#define AT_WORK (h[me].live && h[me].status == EXECUTING && h[me].asked == NOTHING)
#define ALL_UNDONE (h[me].steps == 0 || (UNDONE(0) && (h[me].steps == 1 || UNDONE(h[me].steps - 1))))
#define LAST_LEFT (h[me].steps == 2 && !UNDONE(1) -> 1 : 0)
#if STEPS != 2
#error "two steps are what LAST_LEFT and ALL_UNDONE know"
#endif

inline check() {
  assert(truth != COMPENSATED || !decidedToClose);
  assert(truth != COMPLETED || decidedToClose);
  for (k : 0 .. STEPS - 1) {
    assert(truth != COMPLETED || inbox[k] == DONE);
    assert(truth != COMPENSATED || inbox[k] != DONE)
  }
}

inline letGo(me) {
  h[me].live = false; h[me].stale = false; h[me].tookOver = false; h[me].wasOpen = false; h[me].steps = 0;
  h[me].status = INITIAL; h[me].asked = NOTHING
}

/* An entry that ends the saga, or changes its status: it counts if its host has the saga. */
inline append(me, what) {
  if
  :: !h[me].stale && !ENDED -> truth = what; check()
  :: else
  fi
}

/* LraOutcome.decideIfAllowed: appended and read back. */
inline decide(me, what) {
  if
  :: h[me].stale -> letGo(me)
  :: !h[me].stale -> append(me, what); h[me].status = what
  fi
}

proctype Participant(byte i) {
endless:
  do
  :: atomic { command[i] && inbox[i] == EMPTY ->
       if
       :: inbox[i] = DONE
       :: inbox[i] = REFUSED
       fi;
       check() }
  :: atomic { compensation[i] && inbox[i] == DONE ->
       for (k : 0 .. STEPS - 1) { assert(k <= i || inbox[k] != DONE) } /* invariant 3 */
       assert(truth != COMPLETED);
       inbox[i] = REVERTED;
       check() }
  :: atomic { compensation[i] && inbox[i] == EMPTY -> inbox[i] = BARRED }
  od
}

#define OWNS(i) (h[i].live && !h[i].stale)

/* Decides once, tells whoever runs the saga, and forgets what has ended. */
proctype Coordinator() {
endless:
  do
  :: atomic { lra == ACTIVE && closeSent -> lra = CLOSING; decidedToClose = true }
  :: atomic { lra == ACTIVE && cancelSent -> lra = CANCELLING }
  :: atomic { lra == ACTIVE && !ENDED -> lra = CANCELLING } /* its own time limit */
  :: atomic { lra == CLOSING && truth == EXECUTING && (OWNS(0) || OWNS(1)) -> /* the completion is called back */
       k = (OWNS(0) -> 0 : 1);
       truth = COMPLETING; h[k].status = COMPLETING; h[k].asked = CLOSE; k = 0 }
  :: atomic { lra == CLOSING && truth != EXECUTING -> lra = CLOSED }
  :: atomic { lra == CANCELLING && truth == EXECUTING && (OWNS(0) || OWNS(1)) -> /* the compensation is called back */
       k = (OWNS(0) -> 0 : 1);
       truth = COMPENSATING; h[k].status = COMPENSATING; h[k].asked = CANCEL; k = 0 }
  :: atomic { lra == CANCELLING && truth != EXECUTING && (enlisted == 0 || UNDONE(0)) && (enlisted < 2 || UNDONE(1)) -> lra = CANCELLED }
  /* it does not forget what a step has refused to complete */
  :: atomic { (lra == CLOSED && truth != COMPENSATING) || lra == CANCELLED -> lra = GONE }
  od
}

/* Kafka's group, and the successor that takes over. */
proctype Group() {
  byte me;
endless:
  do
  :: atomic { moves < MOVES && !ENDED -> moves++; owner = 1 - owner }
  :: atomic { crashes < CRASHES && h[0].live && !ENDED -> crashes++; me = 0; letGo(me) }
  :: atomic { crashes < CRASHES && h[1].live && !ENDED -> crashes++; me = 1; letGo(me); me = 0 }
  :: atomic { !h[owner].live && !ENDED ->
       h[owner].live = true; h[owner].tookOver = true; h[owner].steps = enlisted; h[owner].status = truth;
       h[owner].asked = (truth == EXECUTING -> NOTHING : (truth == COMPLETING -> CLOSE : CANCEL));
       if
       :: h[1 - owner].live -> h[1 - owner].stale = true
       :: else
       fi }
  od
}

proctype Host_(byte me) {
  byte i;
endless:
  do
  /* --- it reads, at any time, that another has taken over --- */
  :: atomic { h[me].stale -> letGo(me) }

  /* --- the route: a step is enlisted, joined, done --- */
  :: atomic { AT_WORK && h[me].steps < STEPS && (h[me].steps == 0 || SUCCEEDED(h[me].steps - 1)) ->
       if
       :: h[me].stale -> letGo(me)
       :: !h[me].stale -> h[me].steps++; enlisted = h[me].steps
       fi }
  :: atomic { AT_WORK && h[me].steps > 0 && !command[h[me].steps - 1] -> command[h[me].steps - 1] = true }

  /* --- it asks the coordinator to close --- */
  :: atomic { AT_WORK && h[me].steps == STEPS && SUCCEEDED(STEPS - 1) -> h[me].asked = CLOSE }
  :: atomic { h[me].live && h[me].asked == CLOSE && !closeSent -> closeSent = true }

  /* --- a deadline, a failure, an operator: LraOutcome.cancel with a reason --- */
#ifdef NO_JOIN
  :: atomic { h[me].live && h[me].asked == CLOSE && (h[me].status == EXECUTING) -> decide(me, COMPENSATING) }
#endif
#ifdef NO_ASK
  :: atomic { AT_WORK -> append(me, COMPENSATING); h[me].status = COMPENSATING; h[me].asked = CANCEL }
#else
  :: atomic { AT_WORK && h[me].tookOver && !h[me].wasOpen ->
       if
       :: lra == CLOSING || lra == CLOSED -> h[me].asked = CLOSE
       :: else -> h[me].wasOpen = true
       fi }
  :: atomic { AT_WORK && (!h[me].tookOver || h[me].wasOpen) ->
       decide(me, COMPENSATING);
       if
       :: h[me].live -> h[me].asked = CANCEL
       :: !h[me].live
       fi }
#endif
  :: atomic { h[me].live && h[me].asked == CANCEL && !cancelSent -> cancelSent = true }

  /* --- what was answered: LraOutcome.help and conclude --- */
  :: atomic { h[me].live && h[me].asked != NOTHING && h[me].status == EXECUTING && (lra == CANCELLING || lra == CANCELLED) ->
       append(me, COMPENSATING); h[me].status = COMPENSATING }
  :: atomic { h[me].live && h[me].asked == CLOSE && h[me].status == EXECUTING && lra == GONE ->
#ifdef NO_GONE
       append(me, COMPENSATING); h[me].status = COMPENSATING
#else
       decide(me, COMPENSATING)
#endif
       }
  :: atomic { h[me].live && h[me].asked != NOTHING && (h[me].status == EXECUTING || h[me].status == COMPLETING) && lra == CLOSED ->
       append(me, COMPLETED); letGo(me) }
  :: atomic { h[me].live && h[me].status == COMPLETING && lra == GONE -> append(me, COMPLETED); letGo(me) }
#ifndef NO_JOIN
  :: atomic { h[me].live && h[me].status == COMPENSATING && lra == CLOSED ->
       decide(me, FAILED); letGo(me) } /* closed against the log: a person looks at it */
#endif
  :: atomic { h[me].live && h[me].status == COMPENSATING && (lra == CANCELLING || lra == CANCELLED || lra == GONE) && !ALL_UNDONE && !compensation[LAST_LEFT] ->
       i = LAST_LEFT; compensation[i] = true; i = 0 }
  :: atomic { h[me].live && h[me].status == COMPENSATING && (lra == CANCELLED || lra == GONE) && ALL_UNDONE ->
       append(me, COMPENSATED); letGo(me) }
  od
}

/* Invariant 1: when nobody can do anything any more, the saga has ended. */
active proctype Watch() {
  timeout -> assert(ENDED)
}

init {
  atomic {
    for (k : 0 .. STEPS - 1) { inbox[k] = EMPTY; run Participant(k) }
    for (k : 0 .. HOSTS - 1) { h[k].status = INITIAL }
    h[0].live = true; h[0].status = EXECUTING;
    k = 0;
    run Host_(0); run Host_(1); run Group(); run Coordinator()
  }
}
