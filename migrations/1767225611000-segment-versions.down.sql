drop table segment_versions;
