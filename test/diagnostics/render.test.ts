import { diagnostic } from '../../lib/diagnostics/diagnostic';
import { renderFor, wantsColor } from '../../lib/diagnostics/render';
import { renderJson } from '../../lib/diagnostics/render-json';
import { renderText } from '../../lib/diagnostics/render-text';

const found = diagnostic('BAY5005', {
  data: { folder: '.dist.prev', tries: 2 },
  message: 'cannot remove .dist.prev',
  where: { file: '.dist.prev' },
});

describe('findings as JSON', () => {
  test('one line with a format version, counts and keys in one order', () => {
    expect(
      renderJson([found, diagnostic('BAY5021', { message: 'unknown', where: { pointer: 'BAY9' }, help: 'h' })]),
    ).toBe(
      '{"version":1,"errors":1,"warnings":1,"diagnostics":[' +
        '{"code":"BAY5005","severity":"warning","message":"cannot remove .dist.prev","where":{"file":".dist.prev"},' +
        '"notes":[],"data":{"folder":".dist.prev","tries":2}},' +
        '{"code":"BAY5021","severity":"error","message":"unknown","where":{"pointer":"BAY9"},"notes":[],"help":"h"}]}\n',
    );
  });

  test('nothing found is a document too', () => {
    expect(renderJson([])).toBe('{"version":1,"errors":0,"warnings":0,"diagnostics":[]}\n');
  });
});

describe('how standard error wants findings', () => {
  test.each([
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['NO_COLOR set to nothing', true, { NO_COLOR: '' }, true],
    ['a terminal without colours', true, { TERM: 'dumb' }, false],
  ])('colour: %s', (_name, isTTY, env, expected) => {
    expect(wantsColor({ isTTY, env })).toBe(expected);
  });

  test('BAYPLAN_FORMAT=json asks for JSON', () => {
    expect(renderFor({ isTTY: true, env: { BAYPLAN_FORMAT: 'json' } }, [found])).toBe(renderJson([found]));
  });

  test('text is the default, coloured on a terminal', () => {
    expect(renderFor({ isTTY: true, env: {} }, [found])).toBe(renderText([found], { color: true }));
    expect(renderFor({ isTTY: false, env: {} }, [found])).toBe(renderText([found]));
  });
});
