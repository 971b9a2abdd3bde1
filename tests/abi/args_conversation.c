/* Every function of leat/conversation.h with NULL, with a struct_size that nobody knows, with values
 * that are none and beyond its limit: the documented status, and no crash. */
#include <leat/leat.h>
#include <leat/posix.h>
#include <stdio.h>

#define TAP_ABOUT "arguments"
#include "tap.h"

static leat_client* client;

static void open_client(void) {
    leat_config config;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    config.conversations_max = 1;
    expect(leat_open_mapped(&config, &client), LEAT_OK, "a client to try them on");
}

static void test_conversation_refused(leat_conversation* open) {
    const leat_message nothing = {0};
    leat_request request;
    leat_message no_text = {0};
    leat_request_init(&request);
    request.prompt.size = 1;
    no_text.content.size = 1;
    expect(leat_conversation_append(NULL, &nothing, 1), LEAT_E_ARGUMENT, "append to none");
    expect(leat_conversation_append(open, NULL, 1), LEAT_E_ARGUMENT, "append of nothing");
    expect(leat_conversation_append(open, NULL, 0), LEAT_OK, "append of none");
    expect(leat_conversation_append(open, &no_text, 1), LEAT_E_ARGUMENT, "append, text of NULL");
    expect(leat_conversation_add_turn(NULL, &request, request.id), LEAT_E_ARGUMENT, "turn of none");
    expect(leat_conversation_add_turn(open, NULL, request.id), LEAT_E_ARGUMENT, "turn, no request");
    expect(leat_conversation_add_turn(open, &request, request.id), LEAT_E_ARGUMENT,
           "turn, no text");
    expect(leat_conversation_clear(NULL), LEAT_E_ARGUMENT, "clear of none");
    expect(leat_conversation_close(NULL), LEAT_E_ARGUMENT, "close of none");
}

static void test_conversation(void) {
    leat_conversation_config config;
    leat_conversation* open = NULL;
    leat_conversation* other = NULL;
    leat_conversation_state state;
    const leat_message* list = NULL;
    uint32_t count = 7;
    leat_conversation_config_init(NULL);
    leat_conversation_config_init(&config);
    expect(leat_conversation_open(NULL, &config, &open), LEAT_E_ARGUMENT,
           "conversation, no client");
    expect(leat_conversation_open(client, NULL, &open), LEAT_E_ARGUMENT, "conversation, no config");
    expect(leat_conversation_open(client, &config, NULL), LEAT_E_ARGUMENT, "conversation, nowhere");
    config.struct_size = 3;
    expect(leat_conversation_open(client, &config, &open), LEAT_E_STRUCT_SIZE, "... of no size");
    leat_conversation_config_init(&config);
    config.on_full = (leat_history_full)2;
    expect(leat_conversation_open(client, &config, &open), LEAT_E_ARGUMENT, "... of no policy");
    leat_conversation_config_init(&config);
    expect(leat_conversation_open(client, &config, &open), LEAT_OK, "a conversation");
    expect(leat_conversation_open(client, &config, &other), LEAT_E_TOO_MANY, "... and not two");
    check(other == NULL, "... leaves NULL");
    leat_conversation_messages(NULL, &list, &count);
    check(list == NULL && count == 0, "the messages of none");
    leat_conversation_messages(open, NULL, NULL);
    leat_conversation_get_state(NULL, &state);
    leat_conversation_get_state(open, NULL);
    test_conversation_refused(open);
    expect(leat_conversation_close(open), LEAT_OK, "its end");
    expect(leat_conversation_close(open), LEAT_E_ARGUMENT, "... and not twice");
}

int main(void) {
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    open_client();
    test_conversation();
    leat_close_mapped(client);
    return failed_count != 0;
}
