"""OpenAI's client for Python, and LangChain's where it is installed, against the server whose address is the argument."""

import json
import sys

import openai
from pydantic import BaseModel

base = sys.argv[1]
client = openai.OpenAI(base_url=base, api_key="any", max_retries=0)
hello = [{"role": "user", "content": "Hello"}]
HELLO = "Hello! How can I help you?"
weather = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Person(BaseModel):
    name: str
    age: int
    city: str


def create():
    answer = client.chat.completions.create(model="pocket", messages=hello)
    assert answer.choices[0].message.content == HELLO
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer._request_id


def stream():
    chunks = list(client.chat.completions.create(model="pocket", messages=hello, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == HELLO
    assert chunks[-1].choices[0].finish_reason == "stop"


def stream_of_calls():
    question = [{"role": "user", "content": "What is the weather in Rome and in Oslo?"}]
    with client.chat.completions.stream(model="pocket", messages=question, tools=[weather]) as events:
        for _ in events:
            pass
        calls = events.get_final_completion().choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather", "get_weather"]
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Rome", "Oslo"]


def parse():
    text = "Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo."
    answer = client.chat.completions.parse(
        model="pocket", messages=[{"role": "user", "content": text}], response_format=Person
    )
    assert answer.choices[0].message.parsed == Person(name="Nina", age=42, city="Oslo")


def embeddings():
    answer = client.embeddings.create(model="vectors", input=["Paris", "Cats"])
    assert [len(item.embedding) for item in answer.data] == [128, 128]


def error_in_a_stream():
    try:
        list(client.chat.completions.create(model="failing-late", messages=hello, stream=True))
    except openai.APIError as error:
        assert "The disk is on fire." in str(error)
    else:
        raise AssertionError("the stream ended as if nothing had happened")


def errors():
    for wanted, more in [
        (openai.NotFoundError, {"model": "nothing"}),
        (openai.BadRequestError, {"temperature": 9}),
        (openai.InternalServerError, {"model": "failing"}),
    ]:
        try:
            client.chat.completions.create(**{"model": "pocket", "messages": hello, **more})
        except wanted:
            continue
        raise AssertionError(f"no {wanted.__name__}")


def langchain():
    try:
        from langchain_openai import ChatOpenAI, OpenAIEmbeddings
    except ImportError:
        print("langchain: not installed")
        return
    chat = ChatOpenAI(base_url=base, api_key="any", model="pocket", max_tokens=64, max_retries=0)
    assert chat.invoke("Hello").content == HELLO
    assert "".join(chunk.content for chunk in chat.stream("Hello")) == HELLO
    called = chat.bind_tools([weather], tool_choice="get_weather").invoke("What is the weather in Paris?")
    assert called.tool_calls[0]["args"] == {"city": "Paris"}
    text = "Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo."
    assert chat.with_structured_output(Person).invoke(text).age == 42
    vectors = OpenAIEmbeddings(
        base_url=base, api_key="any", model="vectors", check_embedding_ctx_length=False, max_retries=0
    )
    assert len(vectors.embed_query("Paris")) == 128


for check in [create, stream, stream_of_calls, parse, embeddings, error_in_a_stream, errors, langchain]:
    check()
    print(f"{check.__name__}: passed")
