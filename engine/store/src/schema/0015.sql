-- Format 15. The tables stay as they are; by the format it is known which servers write the lists as this program does.

delete from schema_format where format < 1;
