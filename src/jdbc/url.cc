#include "jdbc/url.h"

#include <optional>
#include <regex>

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::jdbc {

namespace {

constexpr int kPostgresPort = 5432;
constexpr int kMySqlPort = 3306;

[[noreturn]] void refuse(const std::string& url, const std::string& reason) {
    throw runtime_error("FAILED_JDBC.UNCLASSIFIED", {{"url", shown_url(url)}, {"message", reason}});
}

std::string decoded(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && std::isxdigit(text[i + 1]) &&
            std::isxdigit(text[i + 2])) {
            constexpr int kHex = 16;
            out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, kHex));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::map<std::string, std::string> parameters_of(const std::string& text) {
    std::map<std::string, std::string> out;
    size_t begin = 0;
    while (begin < text.size()) {
        size_t end = std::min(text.find('&', begin), text.size());
        std::string pair = text.substr(begin, end - begin);
        size_t equals = pair.find('=');
        if (equals != std::string::npos)
            out[decoded(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
        begin = end + 1;
    }
    return out;
}

// "//host:port/database", or the database alone (PostgreSQL).
void read_server(const std::string& url, std::string rest, int default_port, Url* out) {
    out->port = default_port;
    out->host = "localhost";
    if (rest.starts_with("//")) {
        rest = rest.substr(2);
        size_t slash = std::min(rest.find('/'), rest.size());
        std::string server = rest.substr(0, slash);
        rest = slash < rest.size() ? rest.substr(slash + 1) : "";
        if (server.find(',') != std::string::npos) refuse(url, "several hosts in the URL");
        if (server.find('@') != std::string::npos) refuse(url, "a user before the host");
        size_t colon = server.rfind(':');
        size_t bracket = server.rfind(']');  // [::1]
        if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
            std::string port = server.substr(colon + 1);
            constexpr size_t kMostDigits = 5;
            bool ok = !port.empty() && port.size() <= kMostDigits &&
                      port.find_first_not_of("0123456789") == std::string::npos;
            if (!ok) refuse(url, "the port of the URL is no number");
            out->port = std::stoi(port);
            server = server.substr(0, colon);
        }
        if (server.starts_with('[') && server.ends_with(']'))
            server = server.substr(1, server.size() - 2);
        if (!server.empty()) out->host = server;
    }
    out->name = decoded(rest);
}

}  // namespace

std::string shown_url(const std::string& url) {
    static const std::regex secret("((password|passwd|pwd|token)=)[^&;]*", std::regex::icase);
    static const std::regex user("//[^/@]*@");
    return std::regex_replace(std::regex_replace(url, secret, "$1*********(redacted)"), user, "//");
}

Url parse_url(const std::string& url) {
    Url out;
    auto after = [&](const std::string& prefix) -> std::optional<std::string> {
        if (types::to_lower(url.substr(0, prefix.size())) != prefix) return std::nullopt;
        return url.substr(prefix.size());
    };
    std::string rest;
    int port = 0;
    if (auto postgres = after("jdbc:postgresql:")) {
        out.database = Database::kPostgres;
        rest = *postgres;
        port = kPostgresPort;
    } else if (auto mysql = after("jdbc:mysql:"); mysql || after("jdbc:mariadb:")) {
        out.database = Database::kMySql;
        rest = mysql ? *mysql : *after("jdbc:mariadb:");
        port = kMySqlPort;
    } else if (auto sqlite = after("jdbc:sqlite:")) {
        out.database = Database::kSqlite;
        rest = *sqlite;
    } else {
        refuse(url, "No suitable driver");
    }
    size_t question = rest.find('?');
    if (question != std::string::npos) {
        out.parameters = parameters_of(rest.substr(question + 1));
        rest = rest.substr(0, question);
    }
    if (out.database == Database::kSqlite) {
        out.name = rest.starts_with("file:") ? decoded(rest.substr(5)) : rest;
    } else {
        read_server(url, rest, port, &out);
    }
    return out;
}

}  // namespace hanok::jdbc
