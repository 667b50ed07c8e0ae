// Config: the session's settings.

#include <spark/connect/base.pb.h>

#include "connect/service_state.h"

namespace hanok::connect::rpc {

namespace {

sc::KeyValue* add_pair(
    const std::string& key, const std::optional<std::string>& value, sc::ConfigResponse* response) {
    auto* pair = response->add_pairs();
    pair->set_key(key);
    if (value) pair->set_value(*value);
    return pair;
}

// A silent Set reports what it could not set as warnings: session builders send every option they
// were given.
void set(SessionBackend& backend, const sc::ConfigRequest::Set& m, sc::ConfigResponse* response) {
    for (const auto& pair : m.pairs()) {
        try {
            std::string warning = backend.config_set(pair.key(), pair.value());
            if (!warning.empty()) response->add_warnings(warning);
        } catch (const Error& error) {
            if (!m.silent()) throw;
            response->add_warnings(error.message());
        }
    }
}

void get(SessionBackend& backend, const sc::ConfigRequest::Get& m, sc::ConfigResponse* response) {
    for (const auto& key : m.keys()) {
        auto value = backend.config_get(key);
        if (!value)
            throw Error(
                ErrorKind::kNoSuchElement, "SQL_CONF_NOT_FOUND", {{"sqlConf", "\"" + key + "\""}});
        add_pair(key, value, response);
    }
}

void get_with_default(SessionBackend& backend, const sc::ConfigRequest::GetWithDefault& m,
    sc::ConfigResponse* response) {
    std::map<std::string, std::string> explicit_values = backend.config_all();
    for (const auto& pair : m.pairs()) {
        auto it = explicit_values.find(pair.key());
        std::optional<std::string> value;
        if (it != explicit_values.end()) {
            value = it->second;
        } else if (pair.has_value()) {
            value = pair.value();
        } else {
            value = backend.config_get(pair.key());
        }
        add_pair(pair.key(), value, response);
    }
}

void get_all(
    SessionBackend& backend, const sc::ConfigRequest::GetAll& m, sc::ConfigResponse* response) {
    for (const auto& [key, value] : backend.config_all()) {
        if (key.rfind(m.prefix(), 0) == 0) add_pair(key.substr(m.prefix().size()), value, response);
    }
}

}  // namespace

void config(Call& call, const sc::ConfigRequest& request, sc::ConfigResponse* response) {
    ConnectSession& session = call.open(request);
    sign(session, response);
    SessionBackend& backend = session.backend();
    const auto& op = request.operation();
    using Op = sc::ConfigRequest::Operation;
    switch (op.op_type_case()) {
        case Op::kSet: return set(backend, op.set(), response);
        case Op::kGet: return get(backend, op.get(), response);
        case Op::kGetWithDefault: return get_with_default(backend, op.get_with_default(), response);
        case Op::kGetOption:
            for (const auto& key : op.get_option().keys())
                add_pair(key, backend.config_get(key), response);
            return;
        case Op::kGetAll: return get_all(backend, op.get_all(), response);
        case Op::kUnset:
            for (const auto& key : op.unset().keys()) backend.config_unset(key);
            return;
        case Op::kIsModifiable:
            for (const auto& key : op.is_modifiable().keys()) {
                add_pair(key, backend.config_is_modifiable(key) ? "true" : "false", response);
            }
            return;
        case Op::OP_TYPE_NOT_SET: break;
    }
    throw Error(ErrorKind::kUnsupportedOperation,
        "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "spark.connect.ConfigRequest.Operation"}, {"name", "op_type"}});
}

}  // namespace hanok::connect::rpc
