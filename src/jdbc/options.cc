#include "jdbc/options.h"

#include "base/error.h"

namespace hanok::jdbc {

namespace {

[[noreturn]] void invalid(const std::string& name, const std::string& message) {
    throw Error(ErrorKind::kIllegalArgument, "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
        {{"optionName", name}, {"message", message}});
}

class Reader {
public:
    explicit Reader(const std::map<std::string, std::string>& options) {
        for (const auto& [key, value] : options) options_[types::to_lower(key)] = value;
    }

    std::optional<std::string> find(const std::string& name) const {
        auto it = options_.find(types::to_lower(name));
        return it == options_.end() ? std::nullopt : std::optional<std::string>(it->second);
    }
    std::string text(const std::string& name) const { return find(name).value_or(""); }

    int64_t number(const std::string& name, int64_t otherwise, int64_t least) const {
        auto given = find(name);
        if (!given) return otherwise;
        char* end = nullptr;
        int64_t value = std::strtoll(given->c_str(), &end, 10);
        if (given->empty() || *end != '\0') invalid(name, "'" + *given + "' is not an integer");
        if (value < least) {
            invalid(name, "Invalid value `" + *given + "`. The minimum value is " +
                              std::to_string(least) + ".");
        }
        return value;
    }

    bool boolean(const std::string& name, bool otherwise) const {
        auto given = find(name);
        if (!given) return otherwise;
        std::string value = types::to_lower(*given);
        if (value != "true" && value != "false")
            invalid(name, "'" + *given + "' is not true or false");
        return value == "true";
    }

private:
    std::map<std::string, std::string> options_;
};

// The driver's class names its database; it has to be that of the URL.
void check_driver(const std::string& driver, const Url& url, const std::string& text) {
    static const std::map<std::string, Database> drivers = {
        {"org.postgresql.Driver", Database::kPostgres},
        {"com.mysql.cj.jdbc.Driver", Database::kMySql},
        {"com.mysql.jdbc.Driver", Database::kMySql},
        {"org.mariadb.jdbc.Driver", Database::kMySql},
        {"org.sqlite.JDBC", Database::kSqlite},
    };
    auto known = drivers.find(driver);
    if (known == drivers.end())
        invalid("driver", "There is no driver class " + driver + " on this server");
    if (known->second != url.database) {
        throw runtime_error("FAILED_JDBC.UNCLASSIFIED",
            {{"url", shown_url(text)}, {"message", "No suitable driver"}});
    }
}

void read_table(const Reader& reader, bool for_write, Options* out) {
    auto table = reader.find("dbtable");
    auto query = reader.find("query");
    if (for_write) {
        if (query) invalid("query", "Option 'query' is not applicable while writing.");
        if (!table) invalid("dbtable", "Option 'dbtable' is required.");
    }
    if (table && query)
        invalid("dbtable", "Both 'dbtable' and 'query' can not be specified at the same time.");
    if (!table && !query) invalid("dbtable", "Option 'dbtable' or 'query' is required.");
    auto trimmed = [](std::string text) {
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
            text.pop_back();
        return text;
    };
    std::string text = trimmed(table ? *table : *query);
    if (text.empty()) invalid(table ? "dbtable" : "query", "The option can not be empty.");
    if (table) {
        out->table = text;
    } else {
        out->query = text;
        out->table = "(" + text + ") SPARK_GEN_SUBQ_0";
    }
}

void read_partitioning(const Reader& reader, Options* out) {
    out->partition_column = reader.find("partitionColumn");
    auto lower = reader.find("lowerBound");
    auto upper = reader.find("upperBound");
    if (reader.find("numPartitions")) out->num_partitions = reader.number("numPartitions", 1, 1);
    if (!out->partition_column) {
        if (lower || upper) {
            invalid("partitionColumn",
                "'partitionColumn', 'lowerBound', 'upperBound', and 'numPartitions' have to be"
                " given together");
        }
        return;
    }
    if (!lower || !upper || !out->num_partitions) {
        invalid("partitionColumn",
            "'partitionColumn' needs 'lowerBound', 'upperBound', and 'numPartitions'");
    }
    if (!out->query.empty()) {
        invalid("partitionColumn",
            "Options 'query' and 'partitionColumn' can not be specified together; give the query"
            " as a subquery in 'dbtable'");
    }
    out->lower_bound = *lower;
    out->upper_bound = *upper;
}

Isolation isolation_of(const std::string& name) {
    static const std::map<std::string, Isolation> levels = {{"NONE", Isolation::kNone},
        {"READ_UNCOMMITTED", Isolation::kReadUncommitted},
        {"READ_COMMITTED", Isolation::kReadCommitted},
        {"REPEATABLE_READ", Isolation::kRepeatableRead},
        {"SERIALIZABLE", Isolation::kSerializable}};
    auto found = levels.find(name);
    if (found == levels.end()) {
        invalid("isolationLevel",
            "Invalid value `" + name +
                "`. This can be `NONE`, `READ_UNCOMMITTED`, `READ_COMMITTED`, `REPEATABLE_READ` or"
                " `SERIALIZABLE`.");
    }
    return found->second;
}

// What needs a JVM or a Kerberos key is refused by name.
void check_unsupported(const Reader& reader) {
    for (const char* name : {"keytab", "principal", "connectionProvider"}) {
        if (reader.find(name))
            throw unsupported_feature(std::string("option ") + name + " of the jdbc data source");
    }
    if (reader.boolean("refreshKrb5Config", false))
        throw unsupported_feature("option refreshKrb5Config of the jdbc data source");
}

}  // namespace

Options parse_options(const std::map<std::string, std::string>& options, bool for_write) {
    Reader reader(options);
    Options out;
    auto url = reader.find("url");
    if (!url) {
        throw Error(ErrorKind::kIllegalArgument, "STDS_REQUIRED_OPTION_UNSPECIFIED",
            {{"optionName", "url"}});
    }
    check_unsupported(reader);
    out.url = *url;
    read_table(reader, for_write, &out);
    read_partitioning(reader, &out);
    out.parsed = parse_url(*url);
    if (auto driver = reader.find("driver")) check_driver(*driver, out.parsed, *url);
    auto of_url = [&](const char* name) {
        auto it = out.parsed.parameters.find(name);
        return it == out.parsed.parameters.end() ? std::string() : it->second;
    };
    out.user = reader.find("user").value_or(of_url("user"));
    out.password = reader.find("password").value_or(of_url("password"));
    out.fetch_size = reader.number("fetchsize", 0, 0);
    out.query_timeout_s = reader.number("queryTimeout", 0, 0);
    out.session_init_statement = reader.text("sessionInitStatement");
    out.custom_schema = reader.text("customSchema");
    out.push_down_predicate = reader.boolean("pushDownPredicate", true);
    for (const char* name : {"pushDownAggregate", "pushDownLimit", "pushDownOffset",
             "pushDownTableSample", "pushDownJoin"}) {
        reader.boolean(name, true);  // what is read does not depend on them
    }
    out.prefer_timestamp_ntz = reader.boolean("preferTimestampNTZ", false);
    out.batch_size = reader.number("batchsize", 1000, 1);
    out.isolation = isolation_of(reader.find("isolationLevel").value_or("READ_UNCOMMITTED"));
    out.truncate = reader.boolean("truncate", false);
    out.cascade_truncate = reader.boolean("cascadeTruncate", false);
    out.create_table_options = reader.text("createTableOptions");
    out.create_table_column_types = reader.text("createTableColumnTypes");
    return out;
}

}  // namespace hanok::jdbc
