-- What the stock of a list says of those who wait.

alter table calling_list_entries
  -- The rule of the gate that holds it back until due_at; null: none does, it waits for its time by plan or promise.
  add column held_by text;
