#pragma once
// A small HTTP/1.1 server: routes of plain handlers on a few threads. Health, readiness and metrics
// live here; the REST APIs come as further routes.

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace hanok::rest {

struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
};

// `below`: what follows the route in the path; "" unless the route ends in "/".
using HttpHandler = std::function<HttpResponse(const std::string& below)>;

class HttpServer {
public:
    // GET paths and what answers them; a route that ends in "/" answers the paths below it. Port 0
    // takes a free one. Throws Error ADDRESS_IN_USE when the port is taken.
    static std::unique_ptr<HttpServer> start(
        const std::string& host, int port, std::map<std::string, HttpHandler> routes);
    ~HttpServer();  // stops

    int port() const;
    void stop();

private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace hanok::rest
