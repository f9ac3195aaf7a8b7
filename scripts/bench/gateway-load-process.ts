import 'reflect-metadata';
import { runChild } from '../start/children';
import { runLoad, type LoadPlan } from './gateway-load';

/** One load in a process of its own, as any client is. */
void runChild(async (plan: LoadPlan) => ({ ready: await runLoad(plan), stop: () => Promise.resolve() }));
