drop table audit_trail;
drop table sign_in_failures;
drop table sessions;
drop table users;
drop table organisations;
