"""The strict layer over SpiffWorkflow, and the only importer of it.

Spiff keeps the specs, the tasks and their life cycle. Its look-ahead, joins, timers, data merging, expressions and serializer
are not used: `build` compiles the neutral model into specs, `tokens` are tasks that live only while they are alive, `scopes`
hold variables, `workflow` moves tokens until only the outside world can, `elements`, `joins`, `activities`, `loops`, `events`,
`faults` and `timers` say what each element does, `board` and `codec` turn an instance into rows and bytes, `views` says what
it looks like from outside.
"""
