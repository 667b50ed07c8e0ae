#pragma once
// JDBC URLs.

#include <map>
#include <string>

namespace hanok::jdbc {

enum class Database { kPostgres, kMySql, kSqlite };

struct Url {
    Database database = Database::kSqlite;
    std::string host;  // "" for SQLite
    int port = 0;
    std::string name;  // database, or SQLite's file
    std::map<std::string, std::string> parameters;
};

// Throws FAILED_JDBC.UNCLASSIFIED for databases that there is no driver for and URLs that cannot be
// read.
Url parse_url(const std::string& url);

// The URL without its password, for errors and EXPLAIN.
std::string shown_url(const std::string& url);

}  // namespace hanok::jdbc
