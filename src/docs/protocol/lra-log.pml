/*
 * LRAs in the log: a coordinator of several instances. An LRA with one that is nested in it, two hosts that may both
 * believe that they call the participants, crashes, freezes, and claims and answers that are late.
 * src/docs/protocol.md says what is checked and how.
 *
 * Words are those of the code: an entry's type is that of LraEvent, Fold with apply() is Family, Host is Claims with
 * CallRuns, may() is Due. A freeze needs no action of its own: a host that takes no step is frozen. A call counts as made
 * when the host has checked that it may: what is on its way since may come at any time.
 *
 * Each of these leaves one rule out, and has to be found:
 *  NO_CLAIM    who was assigned the LRA calls before it has read its claim
 *  NO_LOOK     who was frozen calls before it has read what it has written itself since
 *  NO_CONTEST  a claim that comes late is not claimed over
 *  NO_PAUSE    who follows another, or claims the LRA over, calls at once
 *  NO_ROUND    an answer counts whatever was asked
 *  NO_FIRST    a later decision counts too
 *
 * What keeps it small changes nothing that anybody can see:
 *  - an entry that the fold ignores changes nobody's state, and is not kept;
 *  - entries that all have read are gone;
 *  - once the outer LRA has ended, only those count that do not know of it (ALL_LAGS: all go on);
 *  - to read late is to act late, and a host may always act late: it reads at once, but for the claim of another, which
 *    it reads at any time (ALL_LAGS: it reads everything at any time);
 *  - to write an entry and to read it back is to have read, at some time since, all that there is.
 */
#ifndef MOVES
#define MOVES 1 /* how often the group gives the partition to the other host */
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#define HOSTS 2
#define PARTICIPANTS 3 /* 0 and 2 of the outer LRA, 1 of the one that is nested, which has begun between them */
#define ENTRIES 14     /* that a host has not read yet; more are an error of the model */
#define NOTHING 0

mtype:event = { CLOSE, CANCEL, ANSWER, CLAIM };
mtype:lra = { ACTIVE, CLOSING, CLOSED, CANCELLING, CANCELLED };
mtype:participant = { ENLISTED, DONE };
mtype:contest = { UNCONTESTED, CONTESTED, PAUSE };

typedef Entry { mtype:event type; bool nested; byte which; byte round }
typedef Fold {
  mtype:lra outer;          /* Closed, say, is CLOSED: what LRAStatus has */
  mtype:lra nested;
  byte round;               /* how often it was decided how the nested one ends */
  mtype:participant p[PARTICIPANTS];
  byte claimant
}
typedef Host {
  byte position;            /* of the first entry that it has not read */
  byte assigned;            /* the name of its claim; 0: it believes that the LRA is another's */
  mtype:contest contest;
  bool fresh;               /* it has read of late what it has written */
  bool claims;              /* its claim is with its producer */
  bool called;              /* a participant, which has not answered yet */
  byte which;
  byte round;
  byte until                /* its answer is read back when this has been read */
}

Host h[HOSTS];
Entry entries[ENTRIES];
Fold at[ENTRIES + 1];       /* what is known to who has read so many entries */
byte end;
byte late;                  /* a claim of a host that has died since: appended at some time, or never */
byte names;

byte owner;                 /* as Kafka's group has it */
bool gains[HOSTS];          /* told to a host at some time, or much later */
bool loses[HOSTS];
byte moves;
byte crashes;

mtype:event decided;        /* what was, about the outer one */
bool completes[PARTICIPANTS];   /* a call was made */
bool compensates[PARTICIPANTS];

hidden byte k, m, low;
hidden byte counts;
hidden Entry e;

#define ENDING(status) (status == CLOSING || status == CANCELLING)
#define FINAL(status) (status == CLOSED || status == CANCELLED)
#define TRUTH at[end]
#define KNOWN at[h[me].position]

inline copy(from, to) {
  to.outer = from.outer; to.nested = from.nested; to.round = from.round; to.claimant = from.claimant;
  for (k : 0 .. PARTICIPANTS - 1) { to.p[k] = from.p[k] }
}

inline clear(it) {
  it.outer = ACTIVE; it.nested = ACTIVE; it.round = 0; it.claimant = 0;
  for (k : 0 .. PARTICIPANTS - 1) { it.p[k] = ENLISTED }
}

inline nestedEnds(it, how) {
  it.nested = how; it.round++;
  it.p[1] = ENLISTED
}

inline settle(it) {
  if
  :: ENDING(it.nested) && it.p[1] == DONE -> it.nested = (it.nested == CLOSING -> CLOSED : CANCELLED)
  :: else
  fi;
  if
  :: ENDING(it.outer) && it.p[0] == DONE && it.p[2] != ENLISTED && !ENDING(it.nested) ->
       it.outer = (it.outer == CLOSING -> CLOSED : CANCELLED)
  :: else
  fi
}

#ifdef NO_FIRST
#define MAY_CANCEL(status) (status == ACTIVE || status == CLOSING)
#else
#define MAY_CANCEL(status) (status == ACTIVE)
#endif
#ifdef NO_ROUND
#define OF_THIS_ROUND(it) true
#else
#define OF_THIS_ROUND(it) (e.which != 1 || e.round == it.round)
#endif

/* Family.fold: total, and the same for everybody. */
inline apply(it) {
  counts = 1;
  if
  :: e.type == CLAIM -> it.claimant = e.which
  :: e.type == CLOSE && e.nested && it.nested == ACTIVE -> nestedEnds(it, CLOSING)
  :: e.type == CANCEL && e.nested && (it.nested == ACTIVE || (it.nested == CLOSED && !FINAL(it.outer))) -> nestedEnds(it, CANCELLING)
  :: e.type == CLOSE && !e.nested && it.outer == ACTIVE ->
       it.outer = CLOSING;
       if
       :: it.nested == ACTIVE -> nestedEnds(it, CLOSING)
       :: else
       fi
  :: e.type == CANCEL && !e.nested && MAY_CANCEL(it.outer) ->
       it.outer = CANCELLING;
       if
       :: it.nested == ACTIVE || it.nested == CLOSING || it.nested == CLOSED -> nestedEnds(it, CANCELLING)
       :: else
       fi
  :: e.type == ANSWER && ENDING((e.which == 1 -> it.nested : it.outer)) && it.p[e.which] == ENLISTED && OF_THIS_ROUND(it) ->
       it.p[e.which] = DONE
  :: else -> counts = 0
  fi;
  settle(it)
}

/* CLOSED: who joined was called to complete. CANCELLED: to compensate. An end stays, and so does the first decision. */
inline check() {
  assert(decided != CLOSE || TRUTH.outer == CLOSING || TRUTH.outer == CLOSED);
  assert(decided != CANCEL || TRUTH.outer == CANCELLING || TRUTH.outer == CANCELLED);
  for (k : 0 .. PARTICIPANTS - 1) {
    assert(TRUTH.outer != CLOSED || (k == 1 && TRUTH.nested == CANCELLED) || completes[k]);
    assert(TRUTH.outer != CANCELLED || compensates[k])
  }
  assert(TRUTH.nested != CANCELLED || compensates[1]);
  assert(!FINAL(TRUTH.outer) || FINAL(TRUTH.nested))
}

/* The log takes in e. */
inline append() {
  assert(end < ENTRIES);
  copy(at[end], at[end + 1]);
  apply(at[end + 1]);
  if
  :: counts == 1 ->
       entries[end].type = e.type; entries[end].nested = e.nested; entries[end].which = e.which; entries[end].round = e.round;
       end++;
       if
       :: decided == NOTHING && TRUTH.outer == CLOSING -> decided = CLOSE
       :: decided == NOTHING && TRUTH.outer == CANCELLING -> decided = CANCEL
       :: else
       fi;
       check()
  :: else -> clear(at[end + 1])
  fi;
  e.type = NOTHING; e.nested = false; e.which = 0; e.round = 0; counts = 0; k = 0
}

inline write(what, inside, who, number) {
  e.type = what; e.nested = inside; e.which = who; e.round = number;
  append()
}

/* Claims.claimed */
inline readOne(me) {
  if
  :: entries[h[me].position].type == CLAIM && h[me].assigned != 0 ->
       if
       :: entries[h[me].position].which != h[me].assigned ->
#ifdef NO_CONTEST
            skip
#else
            h[me].contest = CONTESTED; h[me].claims = true
#endif
       :: else ->
#ifdef NO_PAUSE
            h[me].contest = UNCONTESTED
#else
            h[me].contest = (h[me].contest == CONTESTED || KNOWN.claimant != 0 -> PAUSE : h[me].contest)
#endif
       fi
  :: else
  fi;
  h[me].position++
}

inline readAll(me) {
  do
  :: h[me].position < end -> readOne(me)
  :: else -> break
  od
}

inline leave(me) {
  h[me].assigned = 0; h[me].contest = UNCONTESTED; h[me].fresh = false; h[me].claims = false;
  h[me].called = false; h[me].which = 0; h[me].round = 0; h[me].until = 0
}

#define OF_ANOTHER(i) (entries[h[i].position].type == CLAIM && h[i].assigned != 0 && entries[h[i].position].which != h[i].assigned)

inline tidy() {
  d_step {
#ifndef ALL_LAGS
    for (m : 0 .. HOSTS - 1) {
      do
      :: h[m].position < end && !OF_ANOTHER(m) -> readOne(m)
      :: else -> break
      od
    }
    if
    :: FINAL(TRUTH.outer) ->
         moves = MOVES; crashes = CRASHES; late = 0;
         for (m : 0 .. HOSTS - 1) {
           gains[m] = false; loses[m] = false;
           if
           :: h[m].position == end -> leave(m)
           :: else
           fi
         }
    :: else
    fi;
#endif
    for (m : 0 .. HOSTS - 1) {
      h[m].fresh = h[m].fresh && h[m].assigned != 0;
      h[m].until = (h[m].until > h[m].position -> h[m].until : 0)
    }
    /* what all have read */
    low = (h[0].position < h[1].position -> h[0].position : h[1].position);
    if
    :: low > 0 ->
         for (m : low .. end) { copy(at[m], at[m - low]) }
         for (m : end - low + 1 .. end) { clear(at[m]) }
         for (m : low .. end - 1) {
           entries[m - low].type = entries[m].type; entries[m - low].nested = entries[m].nested;
           entries[m - low].which = entries[m].which; entries[m - low].round = entries[m].round
         }
         for (m : end - low .. end - 1) {
           entries[m].type = NOTHING; entries[m].nested = false; entries[m].which = 0; entries[m].round = 0
         }
         end = end - low;
         for (m : 0 .. HOSTS - 1) {
           h[m].position = h[m].position - low;
           h[m].until = (h[m].until > low -> h[m].until - low : 0)
         }
    :: else
    fi;
    m = 0; k = 0; low = 0
  }
}

#ifdef NO_CLAIM
#define CLAIMED (h[me].assigned != 0)
#else
#define CLAIMED (h[me].assigned != 0 && KNOWN.claimant == h[me].assigned && h[me].contest == UNCONTESTED)
#endif
#ifdef NO_LOOK
#define OF_LATE true
#else
#define OF_LATE h[me].fresh
#endif
#define OPEN(i) (KNOWN.p[i] == ENLISTED)
#define MAY(i) ( \
  i == 1 -> ENDING(KNOWN.nested) && OPEN(1) && (KNOWN.outer != CANCELLING || !OPEN(2)) : \
  (KNOWN.outer == CLOSING -> OPEN(i) : \
  KNOWN.outer == CANCELLING && OPEN(i) && (i == 2 || (!OPEN(2) && !ENDING(KNOWN.nested)))))
#define MAY_CALL (CLAIMED && !h[me].called && h[me].position >= h[me].until)

inline call(i) {
  if
  :: (i == 1 -> KNOWN.nested : KNOWN.outer) == CLOSING ->
       assert(!compensates[i]); /* completed after it was compensated */
       assert(i == 1 || decided == CLOSE);
       completes[i] = true
  :: else ->
       assert(i == 1 || decided == CANCEL);
       /* strict reverse order of joining */
       assert(KNOWN.outer != CANCELLING || i == 2 || TRUTH.p[2] != ENLISTED);
       assert(i != 0 || !ENDING(TRUTH.nested));
       compensates[i] = true
  fi;
  h[me].called = true; h[me].which = i; h[me].round = KNOWN.round
}

/* What a host has given to its producer may come when it is the host's no more. */
inline fly(me) {
  if
  :: h[me].claims && late == 0 -> late = h[me].assigned
  :: h[me].claims
  :: else
  fi;
  h[me].claims = false
}

/* One instance. */
proctype Instance(byte me) {
endless:
  do
  :: atomic { gains[me] ->
       gains[me] = false; loses[me] = false;
       fly(me); names++; h[me].assigned = names; h[me].contest = UNCONTESTED; h[me].claims = true; tidy() }
  :: atomic { loses[me] -> loses[me] = false; fly(me); h[me].assigned = 0; h[me].contest = UNCONTESTED; tidy() }
  :: atomic { h[me].claims && h[me].assigned != 0 ->
       h[me].claims = false;
       if
       :: KNOWN.claimant != h[me].assigned -> write(CLAIM, false, h[me].assigned, 0); tidy()
       :: else
       fi }
     /* as long as that takes, whoever has not read the claim has read nothing else: it has to look */
  :: atomic { h[me].contest == PAUSE -> h[me].contest = UNCONTESTED; h[1 - me].fresh = false }
  :: atomic { h[me].position < end -> readOne(me); tidy() }
  :: atomic { !h[me].fresh && MAY_CALL -> readAll(me); h[me].fresh = true; tidy() }
  :: atomic { MAY_CALL && OF_LATE && MAY(0) -> call(0) }
  :: atomic { MAY_CALL && OF_LATE && MAY(1) -> call(1) }
  :: atomic { MAY_CALL && OF_LATE && MAY(2) -> call(2) }
     /* it answered, or not in time */
  :: atomic { h[me].called ->
       if
       :: write(ANSWER, h[me].which == 1, h[me].which, h[me].round); h[me].until = end
       :: skip
       fi;
       h[me].called = false; h[me].which = 0; h[me].round = 0;
       tidy() }
  :: atomic { crashes < CRASHES ->
       crashes++;
       fly(me); leave(me); h[me].position = 0;
       loses[me] = false;
       if
       :: owner == me ->
            gains[me] = false;
            if
            :: owner = 1 - me
            :: skip
            fi;
            gains[owner] = true
       :: else
       fi;
       tidy() }
  od
}

/* Kafka's group: the partition moves when its owner lets go, or was silent for longer than a session. */
proctype Group() {
endless:
  do
  :: atomic { moves < MOVES ->
       moves++;
       if
       :: fly(owner);
          if
          :: h[owner].assigned != 0 && at[h[owner].position].claimant == h[owner].assigned && h[owner].contest == UNCONTESTED -> write(CLAIM, false, 0, 0)
          :: skip
          fi;
          h[owner].assigned = 0; h[owner].contest = UNCONTESTED
       :: loses[owner] = true; h[owner].fresh = false
       fi;
       gains[owner] = false; owner = 1 - owner; gains[owner] = true;
       tidy() }
  :: atomic { late != 0 -> write(CLAIM, false, late, 0); late = 0; tidy() }
  od
}

/* Whoever speaks LRA, and the time limit: anything at any time. Answered by what the fold has made of it. */
proctype Client() {
endless:
  do
  :: atomic { TRUTH.nested == ACTIVE -> write(CLOSE, true, 0, 0); tidy() }
  :: atomic { TRUTH.nested == ACTIVE || (TRUTH.nested == CLOSED && !FINAL(TRUTH.outer)) -> write(CANCEL, true, 0, 0); tidy() }
  :: atomic { TRUTH.outer == ACTIVE -> write(CLOSE, false, 0, 0); tidy() }
  :: atomic { MAY_CANCEL(TRUTH.outer) -> write(CANCEL, false, 0, 0); tidy() }
  od
}

/* When nothing can happen any more, the LRA has ended. */
proctype Watch() {
  timeout -> assert(FINAL(TRUTH.outer))
}

init {
  atomic {
    for (m : 0 .. ENTRIES) { clear(at[m]) }
    for (m : 0 .. HOSTS - 1) { h[m].contest = UNCONTESTED }
    m = 0; k = 0;
    gains[0] = true;
    run Instance(0); run Instance(1); run Group(); run Client(); run Watch()
  }
}
