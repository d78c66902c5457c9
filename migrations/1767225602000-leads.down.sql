drop table phones;
drop table leads;
drop table import_rejects;
drop table imports;
drop table buckets;
drop table bases;
drop table key_fingerprint;
