"""per fact type cost of apply; argv: pickle [measures]"""
import sys, pickle, time, gc
from collections import defaultdict
from floor.store import FloorStore
from floor.clock import SystemClock
from floor.measures import Measures
from floor.day import Day
import floor.state.facts as f
from floor.state.model import LinkState
total,facts=pickle.load(open(sys.argv[1],'rb'))
class C:
    at=0.
    def now(self): return self.at
    def monotonic(self): return self.at
mode=sys.argv[2] if len(sys.argv)>2 else "plain"
def build():
    clock=C(); s=FloorStore(clock)
    if "m" in mode:
        s.subscribe(Measures(clock,Day(__import__('zoneinfo').ZoneInfo("UTC"),0) if False else DAY))
    s.apply(f.LinkChanged("pbx1",0.,LinkState.UP))
    return clock,s
from floor.ports import Clock
import inspect
DAY=None
if "m" in mode:
    from floor.day import *

    DAY=Day()
best=None
for r in range(3):
    clock,s=build(); apply=s.apply
    t=time.process_time()
    for one in facts:
        apply(one)
    d=time.process_time()-t
    best=d if best is None else min(best,d)
print(f"{best/len(facts)*1e6:.2f} us/fact  {best/total*1e6:.2f} us/event  facts {len(facts)} of {total} rev {s.revision} refused {s.refused}")
if "t" in mode:
    clock,s=build(); apply=s.apply
    n=defaultdict(int); c=defaultdict(float); nochange=defaultdict(int)
    for one in facts:
        r=s.revision; t=time.perf_counter(); apply(one); d=time.perf_counter()-t
        k=type(one).__name__; n[k]+=1; c[k]+=d; nochange[k]+= s.revision==r
    tot=sum(c.values())
    for k in sorted(c,key=c.get,reverse=True):
        print(f"{k:18s} {n[k]/len(facts)*100:5.1f}% n  {c[k]/tot*100:5.1f}% t  {c[k]/n[k]*1e6:7.2f} us  silent {nochange[k]/n[k]*100:5.1f}%")
if "p" in mode:
    import cProfile,pstats
    clock,s=build(); apply=s.apply
    p=cProfile.Profile(); p.enable()
    for one in facts: apply(one)
    p.disable(); pstats.Stats(p).sort_stats('tottime').print_stats(45)
