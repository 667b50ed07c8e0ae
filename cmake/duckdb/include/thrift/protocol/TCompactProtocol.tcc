// Stands for the definitions behind thrift/protocol/TCompactProtocol.h, which DuckDB's headers
// include and the packages leave out: nothing here calls them.
