#include "jdbc/dialect.h"

#include <algorithm>

#include "base/error.h"

namespace hanok::jdbc {

namespace {

using types::DataType;
using types::TypePtr;

constexpr int kMaxPrecision = 38;
constexpr int kDefaultScale = 18;

// What does not fit into 38 digits loses digits behind the point first.
TypePtr bounded_decimal(int precision, int scale) {
    int kept = std::min(std::max(precision, 1), kMaxPrecision);
    return DataType::decimal(kept, std::clamp(scale, 0, kept));
}

TypePtr wall_clock(bool prefer_ntz) {
    return prefer_ntz ? DataType::timestamp_ntz() : DataType::timestamp();
}

TypePtr postgres_type(const std::string& name, const Column& column, bool prefer_ntz) {
    if (name.starts_with("_")) {
        TypePtr element = postgres_type(name.substr(1), column, prefer_ntz);
        return element ? DataType::array(element) : nullptr;
    }
    if (name == "bool") return DataType::boolean();
    if (name == "bit") return column.size <= 1 ? DataType::boolean() : DataType::string();
    if (name == "int2") return DataType::short_();
    if (name == "int4") return DataType::integer();
    if (name == "int8" || name == "oid") return DataType::long_();
    if (name == "float4") return DataType::float_();
    if (name == "float8") return DataType::double_();
    if (name == "numeric") {
        return column.size > 0 ? bounded_decimal(column.size, column.scale)
                               : DataType::decimal(kMaxPrecision, kDefaultScale);
    }
    if (name == "bytea") return DataType::binary();
    if (name == "date") return DataType::date();
    if (name == "timestamptz") return DataType::timestamp();
    if (name == "timestamp" || name == "time" || name == "timetz") return wall_clock(prefer_ntz);
    return DataType::string();
}

TypePtr mysql_type(const Column& column, bool prefer_ntz) {
    const std::string& name = column.native_type;
    if (name == "tinyint" && column.size == 1) return DataType::boolean();
    if (name == "bit") return column.size <= 1 ? DataType::boolean() : DataType::long_();
    if (name == "tinyint") return DataType::byte();
    if (name == "tinyint unsigned" || name == "smallint") return DataType::short_();
    if (name == "smallint unsigned" || name.starts_with("mediumint") || name == "int")
        return DataType::integer();
    if (name == "int unsigned" || name == "bigint") return DataType::long_();
    if (name == "bigint unsigned") return DataType::decimal(20, 0);
    if (name == "float") return DataType::float_();
    if (name == "float unsigned" || name == "double") return DataType::double_();
    if (name == "decimal") return bounded_decimal(column.size, column.scale);
    if (name == "date" || name == "year") return DataType::date();
    if (name == "timestamp") return DataType::timestamp();
    if (name == "datetime" || name == "time") return wall_clock(prefer_ntz);
    if (name == "varbinary" || name == "geometry") return DataType::binary();
    return DataType::string();
}

// By the declared name, as the driver of SQLite reads it.
TypePtr sqlite_type(const Column& column, bool prefer_ntz) {
    const std::string& name = column.native_type;
    if (name == "boolean" || name == "bool" || name == "bit") return DataType::boolean();
    if (name == "tinyint") return DataType::byte();
    if (name == "smallint" || name == "int2") return DataType::short_();
    if (name == "bigint" || name == "int8" || name == "unsigned big int") return DataType::long_();
    if (name == "int" || name == "integer" || name == "mediumint") return DataType::integer();
    if (name == "real" || name == "float" || name.starts_with("double")) return DataType::double_();
    if (name == "decimal" || name == "numeric") {
        return column.size > 0 ? bounded_decimal(column.size, column.scale)
                               : DataType::decimal(kMaxPrecision, kDefaultScale);
    }
    if (name == "date") return DataType::date();
    if (name == "timestamp" || name == "datetime") return wall_clock(prefer_ntz);
    if (name == "blob" || name == "binary" || name == "varbinary") return DataType::binary();
    return DataType::string();
}

std::string with_size(const char* name, int size) {
    return std::string(name) + "(" + std::to_string(size) + ")";
}

std::string decimal_name(const char* name, const DataType& type) {
    return std::string(name) + "(" + std::to_string(type.precision()) + "," +
           std::to_string(type.scale()) + ")";
}

const char* postgres_name(types::TypeId id) {
    using types::TypeId;
    switch (id) {
        case TypeId::kBoolean: return "BOOLEAN";
        case TypeId::kByte:
        case TypeId::kShort: return "SMALLINT";
        case TypeId::kFloat: return "FLOAT4";
        case TypeId::kDouble: return "FLOAT8";
        case TypeId::kBinary: return "BYTEA";
        case TypeId::kTimestamp: return "TIMESTAMP WITH TIME ZONE";
        default: return nullptr;
    }
}

const char* mysql_name(types::TypeId id) {
    using types::TypeId;
    switch (id) {
        case TypeId::kString: return "LONGTEXT";
        case TypeId::kBinary: return "LONGBLOB";
        case TypeId::kBoolean: return "BIT(1)";
        case TypeId::kByte: return "TINYINT";
        case TypeId::kShort: return "SMALLINT";
        case TypeId::kFloat: return "FLOAT";
        case TypeId::kTimestamp: return "TIMESTAMP(6)";
        case TypeId::kTimestampNtz: return "DATETIME(6)";
        default: return nullptr;
    }
}

const char* sqlite_name(types::TypeId id) {
    using types::TypeId;
    switch (id) {
        case TypeId::kBoolean: return "BOOLEAN";
        case TypeId::kByte: return "TINYINT";
        case TypeId::kShort: return "SMALLINT";
        default: return nullptr;
    }
}

const char* common_name(types::TypeId id) {
    using types::TypeId;
    switch (id) {
        case TypeId::kInteger: return "INTEGER";
        case TypeId::kLong: return "BIGINT";
        case TypeId::kDouble: return "DOUBLE PRECISION";
        case TypeId::kFloat: return "REAL";
        case TypeId::kString: return "TEXT";
        case TypeId::kBinary: return "BLOB";
        case TypeId::kDate: return "DATE";
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return "TIMESTAMP";
        default: return nullptr;
    }
}

}  // namespace

std::string quoted(Database database, const std::string& name) {
    char quote = database == Database::kMySql ? '`' : '"';
    std::string out(1, quote);
    for (char c : name) {
        out += c;
        if (c == quote) out += c;
    }
    return out + quote;
}

TypePtr spark_type(
    Database database, const Column& column, bool prefer_timestamp_ntz, const std::string& url) {
    TypePtr type;
    switch (database) {
        case Database::kPostgres:
            type = postgres_type(column.native_type, column, prefer_timestamp_ntz);
            break;
        case Database::kMySql: type = mysql_type(column, prefer_timestamp_ntz); break;
        case Database::kSqlite: type = sqlite_type(column, prefer_timestamp_ntz); break;
    }
    if (!type) {
        throw analysis_error("UNRECOGNIZED_SQL_TYPE",
            {{"typeName", column.native_type}, {"jdbcType", shown_url(url)}});
    }
    return type;
}

std::string native_type(Database database, const DataType& type) {
    using types::TypeId;
    if (type.is(TypeId::kChar)) return with_size("CHAR", type.length());
    if (type.is(TypeId::kVarchar)) return with_size("VARCHAR", type.length());
    if (type.is(TypeId::kDecimal))
        return decimal_name(database == Database::kPostgres ? "NUMERIC" : "DECIMAL", type);
    if (type.is(TypeId::kArray) && database == Database::kPostgres && !type.element()->is_nested())
        return native_type(database, *type.element()) + "[]";
    const char* name = database == Database::kPostgres ? postgres_name(type.id())
                       : database == Database::kMySql  ? mysql_name(type.id())
                                                       : sqlite_name(type.id());
    if (!name) name = common_name(type.id());
    if (!name) throw analysis_error("UNSUPPORTED_DATATYPE", {{"typeName", type.sql()}});
    return name;
}

InstantText instant_text(Database database, const std::string& native_type) {
    if (database == Database::kPostgres && native_type.ends_with("timestamptz"))
        return InstantText::kUtcWithOffset;
    if (database == Database::kMySql && native_type == "timestamp") return InstantText::kUtc;
    return InstantText::kWallClock;
}

std::string schema_query(const std::string& table) {
    return "SELECT * FROM " + table + " WHERE 1=0";
}

std::string truncate_statement(Database database, const std::string& table, bool cascade) {
    switch (database) {
        case Database::kPostgres:
            return "TRUNCATE TABLE ONLY " + table + (cascade ? " CASCADE" : "");
        case Database::kMySql: return "TRUNCATE TABLE " + table;
        default: return "DELETE FROM " + table;  // SQLite has no TRUNCATE
    }
}

std::optional<std::string> isolation_statement(Database database, Isolation isolation) {
    if (database == Database::kSqlite || isolation == Isolation::kNone) return std::nullopt;
    const char* level = isolation == Isolation::kReadUncommitted  ? "READ UNCOMMITTED"
                        : isolation == Isolation::kReadCommitted  ? "READ COMMITTED"
                        : isolation == Isolation::kRepeatableRead ? "REPEATABLE READ"
                                                                  : "SERIALIZABLE";
    const char* scope = database == Database::kMySql ? "SET SESSION TRANSACTION ISOLATION LEVEL "
                                                     : "SET SESSION CHARACTERISTICS AS TRANSACTION"
                                                       " ISOLATION LEVEL ";
    return std::string(scope) + level;
}

}  // namespace hanok::jdbc
